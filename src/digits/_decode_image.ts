import { describe, FormatError, LibraryError } from "../base/errors.ts";
import { bmpHeader, decodeBmp } from "./_decode_bmp.ts";
import { decodeGif, gifSize } from "./_decode_gif.ts";
import { decodeJpeg, jpegSize } from "./_decode_jpeg.ts";
import {
  avifSize,
  decodeAvif,
  decodeWebp,
  webpSize,
} from "./_decode_jsquash.ts";
import { decodePgm, pgmHeader } from "./_decode_pgm.ts";
import { decodePng } from "./_decode_png.ts";
import { MAX_GIF_MEGAPIXELS, MAX_MEGAPIXELS } from "./_limits.ts";
import { ImageFault } from "./_image_fault.ts";
import type { Pixels } from "./_pixels.ts";

/** A format of image files. */
interface Format {
  readonly name: string;
  /** The first bytes of such a file as Latin-1. */
  readonly start: RegExp;
  /** Millions of pixels that its decoder has memory for, where few. */
  readonly megapixels?: number;
  /** Width and height before all is decoded. */
  size(bytes: Uint8Array): readonly [width: number, height: number];
  decode(bytes: Uint8Array): Pixels | Promise<Pixels>;
}

const formats: readonly Format[] = [
  {
    name: "PNG",
    start: /^\x89PNG/,
    size: pngSize,
    decode: decodePng,
  },
  {
    name: "JPEG",
    start: /^\xff\xd8\xff/,
    size: jpegSize,
    decode: decodeJpeg,
  },
  {
    name: "BMP",
    start: /^BM/,
    size: (bytes) => {
      const { height, width } = bmpHeader(bytes);
      return [width, height];
    },
    decode: decodeBmp,
  },
  {
    name: "PGM",
    start: /^P[25]/,
    size: (bytes) => {
      const { height, width } = pgmHeader(bytes);
      return [width, height];
    },
    decode: decodePgm,
  },
  {
    name: "GIF",
    start: /^GIF8[79]a/,
    megapixels: MAX_GIF_MEGAPIXELS,
    size: gifSize,
    decode: decodeGif,
  },
  {
    name: "WebP",
    start: /^RIFF....WEBP/s,
    size: webpSize,
    decode: decodeWebp,
  },
  {
    name: "AVIF",
    start: /^....ftypavi[fs]/s,
    size: avifSize,
    decode: decodeAvif,
  },
];

/** The first bytes of other files that people take for an image. */
const others: readonly [name: string, start: RegExp][] = [
  ["HEIC", /^....ftyp(hei|hev|mif1)/s],
  ["TIFF", /^(II\*\0|MM\0\*)/],
  ["PBM", /^P[14]/],
  ["PPM", /^P[36]/],
  ["SVG", /^<svg|^<\?xml/],
  ["PDF", /^%PDF/],
];

/** The formats as a sentence names them. */
export const imageFormats = "PNG, JPEG, BMP, PGM, GIF, WebP or AVIF";

const help = `Give a whole ${imageFormats}.`;

/**
 * Decodes the bytes of an image; what format it is they tell themselves.
 *
 * @param megapixels Millions of pixels that it may have.
 * @throws {FormatError} If it is of no known format, too large, or damaged.
 */
export async function decodeImage(
  bytes: Uint8Array,
  name: string,
  megapixels = MAX_MEGAPIXELS,
): Promise<Pixels> {
  const begin = beginOf(bytes);
  const format = formats.find(({ start }) => start.test(begin));
  if (format === undefined) throw unknownFormat(bytes, name);
  try {
    const check = (width: number, height: number) =>
      checkSize(
        width,
        height,
        Math.min(megapixels, format.megapixels ?? Infinity),
        name,
      );
    check(...format.size(bytes));
    const pixels = await format.decode(bytes);
    check(pixels.width, pixels.height);
    return pixels;
  } catch (cause) {
    if (cause instanceof FormatError || cause instanceof LibraryError) {
      throw cause;
    }
    throw failure(format.name, name, cause);
  }
}

function beginOf(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes.subarray(0, 16));
}

/** Width and height of a PNG: IHDR comes first. */
function pngSize(bytes: Uint8Array): [number, number] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return [view.getUint32(16), view.getUint32(20)];
}

function checkSize(
  width: number,
  height: number,
  megapixels: number,
  name: string,
): void {
  if (width > 0 && height > 0 && width * height <= megapixels * 1e6) return;
  throw new FormatError(describe({
    what: name,
    expected: `1 pixel to ${megapixels} million`,
    got: `${width} × ${height}`,
    help: "Make the image smaller; 28 × 28 pixels are all that is looked at.",
  }));
}

function unknownFormat(bytes: Uint8Array, name: string): FormatError {
  const begin = beginOf(bytes);
  const other = others.find(([, start]) => start.test(begin))?.[0];
  return new FormatError(describe({
    what: name,
    expected: `an image: ${imageFormats}`,
    got: other ?? (bytes.length === 0 ? "an empty file" : "something else"),
    help: other === undefined ? help : "Save it as PNG.",
  }));
}

function failure(format: string, name: string, cause: unknown): FormatError {
  // A DataView throws a RangeError where the bytes end, a library anything.
  const isOwn = cause instanceof ImageFault;
  const got = isOwn ? cause.message : "bytes that cannot be decoded";
  const what = `${name}: damaged or cut off ${format}`;
  return new FormatError(describe({ what, got, help }), { cause });
}
