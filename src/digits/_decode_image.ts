import { describe, FormatError, LibraryError } from "../base/errors.ts";
import { decodeBmp } from "./_decode_bmp.ts";
import { decodeJpeg } from "./_decode_jpeg.ts";
import { decodePgm, pgmHeader } from "./_decode_pgm.ts";
import { decodePng } from "./_decode_png.ts";
import { MAX_MEGAPIXELS } from "./_limits.ts";
import type { Pixels } from "./_pixels.ts";

/** A format of image files. */
interface Format {
  readonly name: string;
  /** Bytes that such a file begins with. */
  readonly start: readonly number[];
  /** Height and width before all is decoded; JPEG's decoder looks itself. */
  size?(bytes: Uint8Array): readonly [width: number, height: number];
  decode(bytes: Uint8Array): Pixels | Promise<Pixels>;
}

const pgm = {
  name: "PGM",
  size: (bytes: Uint8Array) => {
    const { height, width } = pgmHeader(bytes);
    return [width, height] as const;
  },
  decode: decodePgm,
};

const formats: readonly Format[] = [
  {
    name: "PNG",
    start: [0x89, 0x50, 0x4e, 0x47],
    size: (bytes) => numbersAt(bytes, 16, false),
    decode: decodePng,
  },
  { name: "JPEG", start: [0xff, 0xd8, 0xff], decode: decodeJpeg },
  {
    name: "BMP",
    start: [0x42, 0x4d],
    size: (bytes) => numbersAt(bytes, 18, true),
    decode: decodeBmp,
  },
  { ...pgm, start: [0x50, 0x35] },
  { ...pgm, start: [0x50, 0x32] },
];

/** The first bytes of other files that people take for an image. */
const others: readonly [name: string, start: string][] = [
  ["GIF", "GIF8"],
  ["WebP", "RIFF"],
  ["TIFF", "II*\0"],
  ["TIFF", "MM\0*"],
  ["PBM", "P4"],
  ["PPM", "P6"],
  ["SVG", "<svg"],
  ["PDF", "%PDF"],
];

const help = "Give a whole PNG, JPEG, BMP or PGM.";

/**
 * Decodes the bytes of an image; what format it is they tell themselves.
 *
 * @throws {FormatError} If it is of no known format, too large, or damaged.
 */
export async function decodeImage(
  bytes: Uint8Array,
  name: string,
): Promise<Pixels> {
  const format = formats.find(({ start }) =>
    start.every((byte, at) => bytes[at] === byte)
  );
  if (format === undefined) throw unknownFormat(bytes, name);
  try {
    if (format.size !== undefined) checkSize(...format.size(bytes), name);
    const pixels = await format.decode(bytes);
    checkSize(pixels.width, pixels.height, name);
    return pixels;
  } catch (cause) {
    if (cause instanceof FormatError || cause instanceof LibraryError) {
      throw cause;
    }
    throw failure(format.name, name, cause);
  }
}

/** Two whole numbers of four bytes. */
function numbersAt(
  bytes: Uint8Array,
  offset: number,
  little: boolean,
): [number, number] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const read = (at: number) =>
    little ? Math.abs(view.getInt32(at, true)) : view.getUint32(at);
  return [read(offset), read(offset + 4)];
}

function checkSize(width: number, height: number, name: string): void {
  if (width > 0 && height > 0 && width * height <= MAX_MEGAPIXELS * 1e6) return;
  throw new FormatError(describe({
    what: name,
    expected: `1 pixel to ${MAX_MEGAPIXELS} million`,
    got: `${width} × ${height}`,
    help: "Make the image smaller; 28 × 28 pixels are all that is looked at.",
  }));
}

function unknownFormat(bytes: Uint8Array, name: string): FormatError {
  const start = new TextDecoder("latin1").decode(bytes.subarray(0, 8));
  const other = others.find(([, begin]) => start.startsWith(begin))?.[0];
  return new FormatError(describe({
    what: name,
    expected: "an image: PNG, JPEG, BMP or PGM",
    got: other ?? (bytes.length === 0 ? "an empty file" : "something else"),
    help: other === undefined ? help : "Save it as PNG.",
  }));
}

function failure(format: string, name: string, cause: unknown): FormatError {
  const got = cause instanceof Error ? cause.message : String(cause);
  const what = `${name}: damaged or cut off ${format}`;
  return new FormatError(describe({ what, got, help }), { cause });
}
