import { library } from "../base/library.ts";
import { MAX_MEGAPIXELS } from "./_limits.ts";
import type { Pixels } from "./_pixels.ts";

interface Decoded {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
  readonly exifBuffer?: Uint8Array;
}

/**
 * Decodes a JPEG, baseline or progressive, and turns it as its camera says:
 * telephones store a picture as the sensor lies, and beside it how it was held.
 */
export async function decodeJpeg(bytes: Uint8Array): Promise<Pixels> {
  const { default: jpeg } = await library(
    "jpeg-js",
    () => import("npm:jpeg-js@0.4.4"),
  );
  const { decode } = jpeg;
  // The decoder's types leave out what it read of a camera's notes.
  const image: Decoded = decode(bytes, {
    useTArray: true,
    formatAsRGBA: false,
    tolerantDecoding: false,
    maxResolutionInMP: MAX_MEGAPIXELS,
    maxMemoryUsageInMB: 2048,
  });
  const { data, exifBuffer, height, width } = image;
  const pixels = { width, height, channels: 3, data, white: 255 };
  // jpeg-js leaves a byte of padding before the directory.
  const exif = exifBuffer?.subarray(1) ?? new Uint8Array();
  return turned(pixels, orientationOf(exif));
}

/**
 * How an image must be turned, from 1, not at all, to 8: tag 0x0112 of its first
 * directory. Section 4.6 of the Exif standard 2.32.
 */
export function orientationOf(exif: Uint8Array): number {
  const view = new DataView(exif.buffer, exif.byteOffset, exif.byteLength);
  const little = view.byteLength >= 8 && view.getUint16(0) === 0x4949;
  const directory = view.byteLength >= 8 ? view.getUint32(4, little) : Infinity;
  if (directory + 2 > view.byteLength) return 1;
  const entries = view.getUint16(directory, little);
  const stored = Math.floor((view.byteLength - directory - 2) / 12);
  for (let entry = 0; entry < Math.min(entries, stored); entry++) {
    const start = directory + 2 + 12 * entry;
    if (view.getUint16(start, little) !== 0x0112) continue;
    const orientation = view.getUint16(start + 8, little);
    return orientation >= 1 && orientation <= 8 ? orientation : 1;
  }
  return 1;
}

/** The image as it was seen. Orientations from 5 on swap height and width. */
function turned(pixels: Pixels, orientation: number): Pixels {
  if (orientation === 1) return pixels;
  const { channels, data, height, width } = pixels;
  const swaps = orientation >= 5;
  const [columns, rows] = swaps ? [height, width] : [width, height];
  const result = new Uint8Array(data.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const [x, y] = swaps ? [row, column] : [column, row];
      const right = [2, 3, 7, 8].includes(orientation) ? width - 1 - x : x;
      const down = [3, 4, 6, 7].includes(orientation) ? height - 1 - y : y;
      const from = (down * width + right) * channels;
      const to = (row * columns + column) * channels;
      for (let channel = 0; channel < channels; channel++) {
        result[to + channel] = data[from + channel];
      }
    }
  }
  return { ...pixels, width: columns, height: rows, data: result };
}
