import { ELEMENT_BYTES, type FileDtype } from "./_elements.ts";
import type { HostTensor } from "./_host_tensor.ts";
import { MOST_DIMENSIONS } from "./_limits.ts";
import { malformed, show } from "./_malformed.ts";
import { rowMajor } from "./_strided.ts";

/** The header of a `.npy` file. */
export interface NpyHeader {
  /** The element type. */
  readonly dtype: FileDtype;
  /** The size of every dimension. */
  readonly shape: readonly number[];
  /** Elements from one index to the next: row-major, or Fortran's order. */
  readonly strides: readonly number[];
  /** Whether the most significant byte of an element comes first. */
  readonly isBigEndian: boolean;
  /** Where the elements begin, in bytes. */
  readonly dataStart: number;
}

/** NumPy's names of the element types; bytes are little-endian. */
const DESCRIPTIONS: Record<string, FileDtype> = {
  "<f8": "F64",
  "<f4": "F32",
  "<f2": "F16",
  "<i8": "I64",
  "<i4": "I32",
  "<i2": "I16",
  "|i1": "I8",
  "<u8": "U64",
  "<u4": "U32",
  "<u2": "U16",
  "|u1": "U8",
  "|b1": "BOOL",
};

const MAGIC = "\x93NUMPY";
const ALIGNMENT = 64;

/** The longest header of version 1. */
const LONGEST = 0xffff;

/** The entries of a header's dict, in any order, and no other Python. */
const ENTRIES: Readonly<Record<string, RegExp>> = {
  descr: /^(['"])descr\1:\s*(?:'([^'\\]*)'|"([^"\\]*)"|(\[[^[\]]*\]))/,
  fortran: /^(['"])fortran_order\1:\s*(True|False)/,
  shape: /^(['"])shape\1:\s*\(([\dL,\s]*)\)/,
};

/**
 * Types of elements that are no numbers: text, bytes, dates, complex numbers,
 * Python objects, records.
 */
const NO_NUMBERS =
  /^(?:[<>|=]?(U\d+|S\d+|a\d+|V\d+|c(8|16|24|32)|O|[mM]8(\[\w+\])?)|\[.*\])$/s;

const RECOVER = "Write the array again with numpy.save or numpy.savez.";

/**
 * Reads the header of a `.npy` file. The format:
 * https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 *
 * @param bytes The start of the file.
 * @param size Bytes of the whole file.
 * @returns The header, or the name of an element type that is no number.
 * @throws {FormatError} If it is none, or its elements are of a type that is
 * not read here.
 */
export function parseNpyHeader(
  bytes: Uint8Array,
  size: number,
  where: string,
): NpyHeader | string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const magic = String.fromCharCode(...bytes.subarray(0, MAGIC.length));
  const version = bytes[MAGIC.length];
  const wide = version >= 2;
  const start = MAGIC.length + 2 + (wide ? 4 : 2);
  const known = magic === MAGIC && version >= 1 && version <= 3 &&
    bytes[MAGIC.length + 1] === 0;
  if (!known || bytes.length < start) {
    throw malformed(where, "an array of NumPy", show(magic), { help: RECOVER });
  }
  const length = wide ? view.getUint32(8, true) : view.getUint16(8, true);
  const text = new TextDecoder()
    .decode(bytes.subarray(start, start + length));
  const found = text.length === length ? entriesOf(text) : null;
  const shape = found && sizesOf(found.shape);
  if (found === null || shape === null) {
    throw malformed(
      `${where}: header`,
      "descr, fortran_order and shape",
      show(text),
      {
        help: RECOVER,
      },
    );
  }
  if (NO_NUMBERS.test(found.descr)) return found.descr;
  const isBigEndian = found.descr.startsWith(">");
  const description = found.descr.replace(/^[>=]/, "<")
    .replace(/^<(?=[iu]1$|b1$)/, "|");
  if (!Object.hasOwn(DESCRIPTIONS, description)) {
    throw malformed(
      `${where}: descr`,
      `one of ${Object.keys(DESCRIPTIONS).join(", ")}`,
      show(found.descr),
      { help: "Convert the array to one of these and write it again." },
    );
  }
  const dtype = DESCRIPTIONS[description];
  const count = shape.reduce((product, size) => product * size, 1);
  const dataStart = start + length;
  if (dataStart + count * ELEMENT_BYTES[dtype] !== size) {
    const expected = `${count * ELEMENT_BYTES[dtype]} bytes of elements`;
    const got = `${size - dataStart}`;
    throw malformed(where, expected, got, { help: RECOVER });
  }
  const strides = found.fortran === "True"
    ? rowMajor(shape.toReversed()).toReversed()
    : rowMajor(shape);
  return { dtype, shape, strides, isBigEndian, dataStart };
}

/** The sizes of a tuple; Python 2 writes long integers as 10L. */
function sizesOf(tuple: string): number[] | null {
  const parts = tuple.split(",").map((part) => part.trim());
  if (parts.at(-1) === "") parts.pop();
  if (parts.length > MOST_DIMENSIONS) return null;
  if (!parts.every((part) => /^\d+L?$/.test(part))) return null;
  return parts.map((part) => parseInt(part));
}

/** The three entries of a header's dict, or null where it is another text. */
function entriesOf(
  text: string,
): { descr: string; fortran: string; shape: string } | null {
  const found: Record<string, string> = {};
  const inside = /^[ \t\f\n]*\{([^]*)\}[ \t\f\n]*$/.exec(text);
  let rest = inside === null ? "" : inside[1].trim();
  while (rest !== "") {
    const [name, entry] = Object.entries(ENTRIES)
      .map(([name, entry]) => [name, entry.exec(rest)] as const)
      .find(([name, entry]) => entry !== null && !(name in found)) ?? [];
    if (name === undefined || !entry) return null;
    found[name] = entry.slice(2).find((group) => group !== undefined) ?? "";
    const after = rest.slice(entry[0].length).trimStart();
    if (after !== "" && !after.startsWith(",")) return null;
    rest = after.slice(1).trimStart();
  }
  const { descr, fortran, shape } = found;
  if (descr === undefined || fortran === undefined || shape === undefined) {
    return null;
  }
  return { descr, fortran, shape };
}

/** Encodes a tensor as `numpy.save` does. */
export function encodeNpy({ data, dtype, shape }: HostTensor): Uint8Array {
  const description = Object.keys(DESCRIPTIONS)
    .find((name) => DESCRIPTIONS[name] === dtype);
  // Python writes a tuple of one with a comma behind it.
  const sizes = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const text = `{'descr': '${description}', 'fortran_order': False, ` +
    `'shape': (${sizes}), }`;
  const start = MAGIC.length + 4;
  const end = Math.ceil((start + text.length + 1) / ALIGNMENT) * ALIGNMENT;
  const header = `${text.padEnd(end - start - 1)}\n`;
  if (header.length > LONGEST) throw new RangeError("a shape of many sizes");
  const bytes = new Uint8Array(end + data.byteLength);
  const prefix = `${MAGIC}\x01\x00`;
  bytes.set(Uint8Array.from(prefix, (character) => character.charCodeAt(0)));
  new DataView(bytes.buffer).setUint16(MAGIC.length + 2, header.length, true);
  bytes.set(new TextEncoder().encode(header), start);
  bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), end);
  return bytes;
}
