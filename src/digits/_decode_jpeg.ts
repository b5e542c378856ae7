import { library } from "../base/library.ts";
import { decodeMozjpeg } from "./_decode_mozjpeg.ts";
import { jpegExif, jpegFrame } from "./_jpeg_segments.ts";
import { MAX_MEGAPIXELS } from "./_limits.ts";
import { orientationOf, turned } from "./_orientation.ts";
import type { Pixels } from "./_pixels.ts";

/**
 * Decodes a JPEG, baseline or progressive, and turns it as its camera says:
 * telephones store a picture as the sensor lies, and beside it how it was held.
 * Where libjpeg is not to be had a decoder in JavaScript does the same, in twenty
 * times the time.
 */
export async function decodeJpeg(bytes: Uint8Array): Promise<Pixels> {
  const pixels = await decodeMozjpeg(bytes) ?? await decodePlainly(bytes);
  return turned(pixels, orientationOf(jpegExif(bytes)));
}

/** Decodes by jpeg-js, which knows ink too, and needs no permission. */
async function decodePlainly(bytes: Uint8Array): Promise<Pixels> {
  const { default: { decode } } = await library(
    "npm:jpeg-js@0.4.4",
    () => import("npm:jpeg-js@0.4.4"),
  );
  const { data, height, width } = decode(bytes, {
    useTArray: true,
    formatAsRGBA: false,
    tolerantDecoding: false,
    maxResolutionInMP: MAX_MEGAPIXELS,
    maxMemoryUsageInMB: 2048,
  });
  return { width, height, channels: 3, data, white: 255 };
}

/** Columns and rows of a JPEG. */
export function jpegSize(bytes: Uint8Array): [number, number] {
  const { height, width } = jpegFrame(bytes);
  return [width, height];
}
