import { ELEMENT_BYTES, type FileDtype, type TensorInfo } from "./_elements.ts";
import { type JsonValue, parseJson } from "./_json.ts";
import { MOST_DIMENSIONS, MOST_TENSORS } from "./_limits.ts";
import { malformed, show } from "./_malformed.ts";
import type { Source } from "./_source.ts";

/** The bytes before the header: its length, as a little-endian u64. */
export const PREFIX_BYTES = 8;

/** The longest header that the format allows, in bytes. */
export const LONGEST_HEADER = 100_000_000;

/** The key of the header that is no tensor. */
export const METADATA_KEY = "__metadata__";

/** An entry of the header of a safetensors file: one tensor. */
export interface SafetensorsTensorInfo extends TensorInfo {
  /** First byte and one past the last, counted from the start of the data. */
  readonly dataOffsets: readonly [begin: number, end: number];
}

/** The header of a safetensors file. */
export interface SafetensorsHeader {
  /** The tensors by name, in the order of the header. */
  tensors: Map<string, SafetensorsTensorInfo>;
  /** The text that came with the tensors; empty if none did. */
  metadata: Record<string, string>;
  /** The position in the file at which the data starts, in bytes. */
  dataStart: number;
}

/**
 * Reads the length of the header out of a file's first bytes.
 *
 * @throws {FormatError} If the file is too short for it.
 */
export function headerLength(
  prefix: Uint8Array,
  fileBytes: number,
  name: string,
): number {
  if (prefix.length < PREFIX_BYTES) {
    throw malformed(
      name,
      `at least ${PREFIX_BYTES} bytes`,
      `${prefix.length}, a file cut short`,
    );
  }
  const view = new DataView(prefix.buffer, prefix.byteOffset, PREFIX_BYTES);
  const length = view.getBigUint64(0, true);
  const longest = Math.min(LONGEST_HEADER, fileBytes - PREFIX_BYTES);
  if (length > longest) {
    throw malformed(
      `${name}: length of the header`,
      `at most ${longest} bytes, in a file of ${fileBytes}`,
      `${length}`,
    );
  }
  return Number(length);
}

/**
 * Reads the header, and nothing behind it.
 *
 * @throws {FormatError} If it breaks a rule of the format.
 */
export async function readHeader(source: Source): Promise<SafetensorsHeader> {
  const { name, size } = source;
  const length = headerLength(await source.read(0, PREFIX_BYTES), size, name);
  return parseHeader(await source.read(PREFIX_BYTES, length), size, name);
}

/**
 * Parses the header and checks it against the size of the file, so that every
 * tensor it names can be read without a further check.
 *
 * @throws {FormatError} If the header breaks a rule of the format.
 */
export function parseHeader(
  header: Uint8Array,
  fileBytes: number,
  name: string,
): SafetensorsHeader {
  const where = `${name}: header`;
  const text = decodeText(header, where);
  if (!text.startsWith("{")) {
    throw malformed(where, `"{" at its start`, show(text.slice(0, 16)));
  }
  const tensors = new Map<string, SafetensorsTensorInfo>();
  let metadata: Record<string, string> = {};
  for (const [key, value] of parseJson(text, where) as Map<string, JsonValue>) {
    if (key === METADATA_KEY) {
      metadata = parseMetadata(value, `${name}: ${METADATA_KEY}`);
    } else {
      tensors.set(key, parseTensor(value, `tensor ${show(key)}`, name));
      if (tensors.size > MOST_TENSORS) {
        throw malformed(where, `at most ${MOST_TENSORS} tensors`, "more");
      }
    }
  }
  const dataStart = PREFIX_BYTES + header.length;
  checkCoverage(tensors, fileBytes - dataStart, name);
  return { tensors, metadata, dataStart };
}

function decodeText(bytes: Uint8Array, where: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
      .decode(bytes);
  } catch (cause) {
    throw malformed(where, "UTF-8", "other bytes", { cause });
  }
}

function parseMetadata(
  value: JsonValue,
  where: string,
): Record<string, string> {
  if (!(value instanceof Map)) throw malformed(where, "an object", show(value));
  const entries = [...value].map(([key, text]): [string, string] => {
    if (typeof text !== "string") {
      throw malformed(`${where}: value of ${show(key)}`, "text", show(text));
    }
    return [key, text];
  });
  // Unlike assignment, fromEntries takes "__proto__" as a key in every runtime.
  return Object.fromEntries(entries);
}

function parseTensor(
  value: JsonValue,
  tensor: string,
  name: string,
): SafetensorsTensorInfo {
  if (!(value instanceof Map)) {
    throw malformed(`${name}: ${tensor}`, "an object", show(value));
  }
  const dtype = value.get("dtype");
  if (!isDtype(dtype)) {
    throw malformed(
      `${name}: dtype of ${tensor}`,
      `one of ${Object.keys(ELEMENT_BYTES).join(", ")}`,
      show(dtype),
      { help: "Convert the tensor to one of these and write the file again." },
    );
  }
  const shape = value.get("shape");
  if (!isSizes(shape) || shape.length > MOST_DIMENSIONS) {
    throw malformed(
      `${name}: shape of ${tensor}`,
      `an array of integers from 0 to 2^53 - 1, at most ${MOST_DIMENSIONS}`,
      show(shape),
    );
  }
  const offsets = value.get("data_offsets");
  if (!isSizes(offsets) || offsets.length !== 2 || offsets[0] > offsets[1]) {
    throw malformed(
      `${name}: data_offsets of ${tensor}`,
      "[begin, end], integers with 0 <= begin <= end",
      show(offsets),
    );
  }
  const [begin, end] = offsets;
  const bytes = byteLength(dtype, shape);
  if (end - begin !== bytes) {
    throw malformed(
      `${name}: data_offsets of ${tensor}`,
      bytes === undefined
        ? `a size below 2^53 bytes for ${dtype} ${show(shape)}`
        : `${bytes} bytes for ${dtype} ${show(shape)}`,
      `${end - begin} bytes, ${show(offsets)}`,
    );
  }
  return { dtype, shape, dataOffsets: [begin, end] };
}

function isDtype(value: JsonValue | undefined): value is FileDtype {
  return typeof value === "string" && Object.hasOwn(ELEMENT_BYTES, value);
}

function isSizes(value: JsonValue | undefined): value is number[] {
  return Array.isArray(value) &&
    value.every((size) => Number.isSafeInteger(size) && Number(size) >= 0);
}

/** The bytes of a tensor; undefined where no number can count them. */
function byteLength(
  dtype: FileDtype,
  shape: readonly number[],
): number | undefined {
  let bytes = ELEMENT_BYTES[dtype];
  for (const size of shape) {
    bytes *= size;
    if (!Number.isSafeInteger(bytes)) return undefined;
  }
  return bytes;
}

/** Refuses tensors that overlap, leave a hole or end elsewhere than the data. */
function checkCoverage(
  tensors: Map<string, SafetensorsTensorInfo>,
  dataBytes: number,
  name: string,
): void {
  const ordered = [...tensors].toSorted(
    ([, { dataOffsets: a }], [, { dataOffsets: b }]) =>
      a[0] - b[0] || a[1] - b[1],
  );
  let covered = 0;
  let before = "the data starts";
  for (const [key, { dataOffsets: [begin, end] }] of ordered) {
    if (begin !== covered) {
      throw malformed(
        `${name}: data_offsets of tensor ${show(key)}`,
        `a begin of ${covered}, where ${before}`,
        `[${begin}, ${end}], ${begin < covered ? "an overlap" : "a hole"}`,
      );
    }
    covered = end;
    before = `tensor ${show(key)} ends`;
  }
  if (covered !== dataBytes) {
    throw malformed(
      `${name}: data after the header`,
      `${covered} bytes, where ${before}`,
      `${dataBytes}, ${covered > dataBytes ? "a file cut short" : "too many"}`,
    );
  }
}
