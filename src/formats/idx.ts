/**
 * IDX, the format of MNIST's files: a magic number that holds element type and
 * rank, the sizes, and the elements, all big-endian. As defined on
 * http://yann.lecun.com/exdb/mnist/.
 *
 * @module
 */

import { describe, FormatError } from "../base/errors.ts";
import { unpack } from "./gzip.ts";

/** The typed array that holds each element type of IDX. */
export interface IdxElements {
  /** Unsigned bytes, code 0x08. */
  u8: Uint8Array;
  /** Signed bytes, code 0x09. */
  i8: Int8Array;
  /** 16-bit integers, code 0x0B. */
  i16: Int16Array;
  /** 32-bit integers, code 0x0C. */
  i32: Int32Array;
  /** 32-bit floats, code 0x0D. */
  f32: Float32Array;
  /** 64-bit floats, code 0x0E. */
  f64: Float64Array;
}

/** The element types of IDX. */
export type IdxDType = keyof IdxElements;

/** The content of an IDX file: an array of any rank, row-major. */
export type IdxArray = {
  [D in IdxDType]: { dtype: D; shape: number[]; data: IdxElements[D] };
}[IdxDType];

const FORMATS: Record<IdxDType, { code: number; bytes: number }> = {
  u8: { code: 0x08, bytes: 1 },
  i8: { code: 0x09, bytes: 1 },
  i16: { code: 0x0b, bytes: 2 },
  i32: { code: 0x0c, bytes: 4 },
  f32: { code: 0x0d, bytes: 4 },
  f64: { code: 0x0e, bytes: 8 },
};
const DTYPES = /* @__PURE__ */ Object.keys(FORMATS) as IdxDType[];

/**
 * Reads the bytes of an IDX file, raw or packed by gzip. Elements of one byte
 * are not copied: they share the memory of `bytes`.
 *
 * @param bytes The whole file.
 * @param name What error messages call it: its path.
 * @throws {FormatError} If the bytes are not exactly one IDX array.
 *
 * @example
 * ```ts
 * import { readIdx } from "@x/mnist-cnn/formats";
 * import { assertEquals } from "@std/assert";
 *
 * const bytes = new Uint8Array([0, 0, 0x08, 1, 0, 0, 0, 3, 7, 2, 1]);
 * const labels = await readIdx(bytes, "labels-idx1-ubyte");
 * assertEquals(labels, {
 *   dtype: "u8",
 *   shape: [3],
 *   data: new Uint8Array([7, 2, 1]),
 * });
 * ```
 */
export async function readIdx(
  bytes: Uint8Array,
  name = "IDX data",
): Promise<IdxArray> {
  const file = await unpack(bytes, name, (start) => sizeOf(start, name));
  const { dtype, shape, start } = readHeader(file, name);
  checkSize(file.length - start, dtype, shape, name);
  const data = file.subarray(start);
  switch (dtype) {
    case "u8":
      return { dtype, shape, data };
    case "i8": {
      const { buffer, byteOffset, length } = data;
      return { dtype, shape, data: new Int8Array(buffer, byteOffset, length) };
    }
    case "i16":
      return { dtype, shape, data: new Int16Array(swapped(data, 2).buffer) };
    case "i32":
      return { dtype, shape, data: new Int32Array(swapped(data, 4).buffer) };
    case "f32":
      return { dtype, shape, data: new Float32Array(swapped(data, 4).buffer) };
    case "f64":
      return { dtype, shape, data: new Float64Array(swapped(data, 8).buffer) };
  }
}

/**
 * Makes the bytes of an IDX file, not packed: for data sets of your own.
 *
 * @throws {RangeError} If there are not as many elements as the shape says, or
 * the format cannot hold the shape: rank 1 to 255, sizes below 2³².
 *
 * @example
 * ```ts
 * import { readIdx, writeIdx } from "@x/mnist-cnn/formats";
 * import { assertEquals } from "@std/assert";
 *
 * const data = new Float32Array([0.5, -1, 2, 4]);
 * const bytes = writeIdx({ dtype: "f32", shape: [2, 2], data });
 * assertEquals((await readIdx(bytes)).data, data);
 * ```
 */
export function writeIdx(array: IdxArray): Uint8Array<ArrayBuffer> {
  const { dtype, shape, data } = array;
  checkShape(shape, data.length);
  const { code, bytes } = FORMATS[dtype];
  const start = 4 + 4 * shape.length;
  const file = new Uint8Array(start + data.byteLength);
  file.set([0, 0, code, shape.length]);
  const header = new DataView(file.buffer);
  shape.forEach((size, axis) => header.setUint32(4 + 4 * axis, size));
  const elements = new Uint8Array(
    data.buffer,
    data.byteOffset,
    data.byteLength,
  );
  file.set(bytes === 1 ? elements : swapped(elements, bytes), start);
  return file;
}

function readHeader(
  file: Uint8Array,
  name: string,
): { dtype: IdxDType; shape: number[]; start: number } {
  const dtype = DTYPES.find((dtype) => FORMATS[dtype].code === file[2]);
  if (file[0] !== 0 || file[1] !== 0 || dtype === undefined) {
    throw damaged(
      `${name}: not an IDX file`,
      "the bytes 00 00, then a type 08, 09, 0b, 0c, 0d or 0e",
      file.length === 0
        ? "an empty file"
        : Array.from(file.subarray(0, 3), hexadecimal).join(" "),
    );
  }
  const rank = file[3] ?? 0;
  if (rank === 0) {
    throw damaged(`${name}: rank of the array`, "1 to 255", "0");
  }
  const start = 4 + 4 * rank;
  if (file.length < start) {
    const expected = `${start} bytes for rank ${rank}`;
    throw damaged(`${name}: header`, expected, `${file.length} bytes`);
  }
  const header = new DataView(file.buffer, file.byteOffset);
  const shape = Array.from(
    { length: rank },
    (_, axis) => header.getUint32(4 + 4 * axis),
  );
  return { dtype, shape, start };
}

/** Bytes of a whole file, by its first ones. */
function sizeOf(file: Uint8Array, name: string): number {
  const { dtype, shape, start } = readHeader(file, name);
  return shape.reduce(
    (product, size) => product * size,
    FORMATS[dtype].bytes,
  ) + start;
}

function checkSize(
  length: number,
  dtype: IdxDType,
  shape: number[],
  name: string,
): void {
  // 255 sizes of 32 bits overflow every number but this kind.
  const needed = shape.reduce(
    (product, size) => product * BigInt(size),
    BigInt(FORMATS[dtype].bytes),
  );
  if (needed === BigInt(length)) return;
  const expected = needed > Number.MAX_SAFE_INTEGER ? "over 2^53" : needed;
  throw damaged(
    `${name}: elements`,
    `${expected} bytes for ${dtype} [${shape.join(", ")}]`,
    `${length} bytes`,
  );
}

function checkShape(shape: readonly number[], length: number): void {
  const fits = shape.length >= 1 && shape.length <= 255 &&
    shape.every((size) =>
      Number.isInteger(size) && size >= 0 && size < 2 ** 32
    );
  if (fits && shape.reduce((product, size) => product * size, 1) === length) {
    return;
  }
  throw new RangeError(describe({
    what: "writeIdx: shape",
    expected: `1 to 255 sizes below 2^32 with a product of ${length}`,
    got: `[${shape.join(", ")}]`,
    help: "Give the shape of the data.",
  }));
}

/**
 * A copy with the bytes of every element in reverse: from IDX's order to the
 * host's, or back. Deno's hosts are all little-endian.
 */
function swapped(
  bytes: Uint8Array,
  elementBytes: number,
): Uint8Array<ArrayBuffer> {
  const copy = new Uint8Array(bytes.length);
  for (let start = 0; start < copy.length; start += elementBytes) {
    for (let i = 0; i < elementBytes; i++) {
      copy[start + i] = bytes[start + elementBytes - 1 - i];
    }
  }
  return copy;
}

function hexadecimal(byte: number): string {
  return byte.toString(16).padStart(2, "0");
}

function damaged(what: string, expected: string, got: string): FormatError {
  const help = "Get the file again; it is cut short, damaged or not IDX.";
  return new FormatError(describe({ what, expected, got, help }));
}
