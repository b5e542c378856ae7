import * as fc from "npm:fast-check@4.11.0";
import { concat, text } from "./hostile_bytes.ts";
import type { Specimen } from "./corpus.ts";

/** A change of a file. */
export interface Mutation {
  /** Which of the parts is changed, modulo their number; -1 is the file itself. */
  readonly part: number;
  /** Where, as a share of its length; below 0, bytes before its end. */
  readonly place: number;
  readonly kind:
    | "set"
    | "number"
    | "cut"
    | "repeat"
    | "insert"
    | "lose"
    | "digits";
  readonly length: number;
  readonly value: number;
}

/** Numbers at which counts, offsets and sizes break. */
const BORDERS = [
  ...[0, 1, 2, 3, 7, 8, 9, 15, 16, 63, 64, 65, 127, 128, 129, 255, 256, 257],
  ...[1023, 32767, 32768, 65535, 65536, 2 ** 24, 2 ** 31 - 1, 2 ** 31],
  ...[2 ** 32 - 1, 2 ** 32, 2 ** 52, 2 ** 53 - 1, 2 ** 53, 2 ** 63, -1, -2],
];

/** One to four changes, most of them near the start, where headers are. */
export const mutations: fc.Arbitrary<Mutation[]> = fc.array(
  fc.record({
    part: fc.integer({ min: -1, max: 12 }),
    place: fc.oneof(
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      fc.double({ min: 0, max: 0.05, noNaN: true }),
      fc.integer({ min: -32, max: -1 }),
    ),
    kind: fc.constantFrom<Mutation["kind"][]>(
      ...[
        "set",
        "set",
        "set",
        "number",
        "number",
        "cut",
        "repeat",
        "insert",
        "lose",
        "digits",
      ] as const,
    ),
    length: fc.oneof(
      fc.constantFrom(1, 2, 4, 8),
      fc.integer({ min: 1, max: 300 }),
    ),
    value: fc.oneof(
      fc.constantFrom(...BORDERS),
      fc.integer({ min: 0, max: 255 }),
    ),
  }),
  { minLength: 1, maxLength: 4 },
);

/** The file with its changes; checksums and lengths around them are right. */
export async function mutant(
  specimen: Specimen,
  changes: readonly Mutation[],
): Promise<Uint8Array> {
  const parts = [...specimen.parts];
  const inside = changes.filter(({ part }) => part >= 0);
  for (const change of inside) {
    const at = change.part % parts.length;
    parts[at] = changed(parts[at], change);
  }
  let file = inside.length === 0 ? specimen.file : await specimen.whole(parts);
  for (const change of changes) {
    if (change.part < 0) file = changed(file, change);
  }
  return file;
}

function changed(
  bytes: Uint8Array,
  { kind, length, place, value }: Mutation,
): Uint8Array {
  const at = place < 0
    ? Math.max(0, bytes.length + place)
    : Math.floor(place * bytes.length);
  const end = Math.min(bytes.length, at + length);
  const [before, piece] = [bytes.subarray(0, at), bytes.subarray(at, end)];
  const after = bytes.subarray(end);
  switch (kind) {
    case "set":
      return concat([before, Uint8Array.of(value), bytes.subarray(at + 1)]);
    case "number":
      return withNumber(bytes, at, { length, value });
    case "cut":
      return concat([before, after]);
    case "repeat":
      return concat([
        before,
        ...Array(1 + Math.abs(value) % 64).fill(piece),
        after,
      ]);
    case "insert":
      return concat([before, new Uint8Array(length).fill(value), piece, after]);
    case "lose":
      return before;
    case "digits":
      return withDigits(bytes, at, value);
  }
}

/** A number of 1 to 8 bytes in place of what is there; odd ones lowest first. */
function withNumber(
  bytes: Uint8Array,
  at: number,
  { length, value }: Pick<Mutation, "length" | "value">,
): Uint8Array {
  const size = [1, 2, 4, 8][length % 4];
  const number = new Uint8Array(8);
  new DataView(number.buffer).setBigInt64(0, BigInt(value));
  const last = number.subarray(8 - size);
  if (length % 3 > 0) last.reverse();
  return concat([bytes.subarray(0, at), last, bytes.subarray(at + size)]);
}

/** Another number in place of the next that is written in digits. */
function withDigits(bytes: Uint8Array, at: number, value: number): Uint8Array {
  const isDigit = (byte: number) => byte >= 48 && byte <= 57;
  const start = bytes.findIndex((byte, index) => index >= at && isDigit(byte));
  if (start < 0) return bytes;
  let end = start;
  while (isDigit(bytes[end])) end++;
  const digits = text(String(value));
  return concat([bytes.subarray(0, start), digits, bytes.subarray(end)]);
}
