import { library } from "../base/library.ts";
import { orientationOf, turned } from "./_orientation.ts";
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
export async function decodeJpeg(
  bytes: Uint8Array,
  megapixels: number,
): Promise<Pixels> {
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
    maxResolutionInMP: megapixels,
    maxMemoryUsageInMB: 2048,
  });
  const { data, exifBuffer, height, width } = image;
  const pixels = { width, height, channels: 3, data, white: 255 };
  // jpeg-js leaves a byte of padding before the directory.
  const exif = exifBuffer?.subarray(1) ?? new Uint8Array();
  return turned(pixels, orientationOf(exif));
}
