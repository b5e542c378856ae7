import type { DType, HostArray } from "../devices/device.ts";
import { elementsOf, type Shape } from "./shape.ts";

/** PyTorch's default print options. */
const precision = 4;
const threshold = 1000;
const edgeItems = 3;
const lineWidth = 80;

const prefix = "tensor(";

/** PyTorch's names of the element types that it prints. */
const printedTypes: Partial<Record<DType, string>> = {
  i32: "torch.int32",
  u8: "torch.uint8",
};

/** A tensor's elements on the host, and what is printed after them. */
export interface TensorContent {
  /** The elements, row by row. */
  readonly data: HostArray;
  /** Sizes of the dimensions, outermost first. */
  readonly shape: Shape;
  /** The element type. */
  readonly dtype: DType;
  /** Printed where it is not the CPU. */
  readonly device: string;
  /** Printed where it is true. */
  readonly requiresGrad: boolean;
}

/** Elements as text, all of them `width` characters wide where they fit. */
interface Formatter {
  readonly width: number;
  format(value: number): string;
}

/** The part of a tensor that starts at `offset`. */
interface Part {
  readonly data: HostArray;
  readonly shape: Shape;
  readonly offset: number;
}

/**
 * The text of PyTorch's `print(tensor)`, by the rules of `_tensor_str.py` of
 * PyTorch 1.13.
 */
export function tensorText(content: TensorContent): string {
  const { data, device, dtype, requiresGrad, shape } = content;
  const isSummary = data.length > threshold;
  const whole = { data, shape, offset: 0 };
  const printed = printedValues(whole, isSummary);
  const formatter = dtype === "f32" ? floats(printed) : integers(printed);
  const values = partText(whole, prefix.length, isSummary, formatter);
  const suffixes: string[] = [];
  if (device !== "cpu") suffixes.push(`device='${device}'`);
  const type = printedTypes[dtype];
  if (type !== undefined) suffixes.push(`dtype=${type}`);
  if (requiresGrad) suffixes.push("requires_grad=True");
  return withSuffixes(prefix + values, suffixes);
}

/** Indices along a dimension; null stands for those that are left out. */
function indices(size: number, isSummary: boolean): (number | null)[] {
  const all = Array.from({ length: size }, (_, index) => index);
  if (!isSummary || size <= 2 * edgeItems) return all;
  return [...all.slice(0, edgeItems), null, ...all.slice(-edgeItems)];
}

function partAt({ data, offset, shape }: Part, index: number): Part {
  const [, ...inner] = shape;
  return { data, shape: inner, offset: offset + index * elementsOf(inner) };
}

function printedValues(part: Part, isSummary: boolean): number[] {
  if (part.shape.length === 0) return [part.data[part.offset]];
  return indices(part.shape[0], isSummary).flatMap((index) =>
    index === null ? [] : printedValues(partAt(part, index), isSummary)
  );
}

function partText(
  part: Part,
  indent: number,
  isSummary: boolean,
  formatter: Formatter,
): string {
  const { data, offset, shape } = part;
  const rank = shape.length;
  if (rank === 0) return formatter.format(data[offset]);
  const texts = indices(shape[0], isSummary).map((index) =>
    index === null
      ? rank === 1 ? " ..." : "..."
      : partText(partAt(part, index), indent + 1, isSummary, formatter)
  );
  const margin = " ".repeat(indent + 1);
  if (rank > 1) return `[${texts.join(`,${"\n".repeat(rank - 1)}${margin}`)}]`;
  const perLine = Math.floor((lineWidth - indent) / (formatter.width + 2));
  const lines = chunks(texts, Math.max(1, perLine));
  return `[${lines.map((line) => line.join(", ")).join(`,\n${margin}`)}]`;
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from(
    { length: Math.ceil(items.length / size) },
    (_, line) => items.slice(line * size, (line + 1) * size),
  );
}

function withSuffixes(text: string, suffixes: readonly string[]): string {
  let result = text;
  let used = text.length - text.lastIndexOf("\n") + 1;
  for (const suffix of suffixes) {
    const fits = used + suffix.length + 2 <= lineWidth;
    result += fits ? `, ${suffix}` : `,\n${" ".repeat(prefix.length)}${suffix}`;
    used = fits ? used + suffix.length + 2 : prefix.length + suffix.length;
  }
  return `${result})`;
}

function integers(values: readonly number[]): Formatter {
  return aligned(String, values.map(String));
}

/** Chooses one notation for all floats: `1.`, `1.0000` or `1.0000e+00`. */
function floats(values: readonly number[]): Formatter {
  const counted = values.filter((x) => Number.isFinite(x) && x !== 0);
  const format = notation(counted);
  return aligned(
    (x) => Number.isFinite(x) ? format(x) : pythonNonFinite(x),
    counted.map(format),
  );
}

function notation(counted: readonly number[]): (value: number) => string {
  if (counted.length === 0) return whole;
  const sizes = counted.map(Math.abs);
  const least = sizes.reduce((a, b) => Math.min(a, b));
  const most = sizes.reduce((a, b) => Math.max(a, b));
  const areWhole = counted.every(Number.isInteger);
  const isScientific = most / least > 1000 || most > 1e8 ||
    (!areWhole && least < 1e-4);
  return isScientific ? scientific : areWhole ? whole : fixed;
}

function aligned(
  format: (value: number) => string,
  texts: readonly string[],
): Formatter {
  const width = texts.reduce((most, text) => Math.max(most, text.length), 1);
  return { width, format: (value) => format(value).padStart(width) };
}

function whole(value: number): string {
  return `${signOf(value)}${Math.abs(value).toFixed(0)}.`;
}

function fixed(value: number): string {
  const digits = toEven(Math.abs(value), (x, count) => x.toFixed(count));
  return signOf(value) + digits;
}

function scientific(value: number): string {
  const text = toEven(Math.abs(value), (x, count) => x.toExponential(count));
  const [digits, exponent] = text.split("e");
  const power = exponent.slice(1).padStart(2, "0");
  return `${signOf(value)}${digits}e${exponent[0]}${power}`;
}

/** JavaScript's `toFixed` and `toExponential` drop the sign of zero. */
function signOf(value: number): string {
  return value < 0 || Object.is(value, -0) ? "-" : "";
}

/**
 * A number above 0 with the printed digits. Python rounds a tie to the even
 * digit, JavaScript away from zero.
 */
function toEven(
  value: number,
  format: (value: number, digits: number) => string,
): string {
  const text = format(value, precision);
  const isTie = /\.\d{4}50+(e|$)/.test(format(value, 30));
  const isOdd = /\.\d{3}[13579]/.test(text);
  return isTie && isOdd ? format(value * (1 - 2 ** -40), precision) : text;
}

function pythonNonFinite(value: number): string {
  return Number.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
}
