import { library } from "../base/library.ts";
import { decodeMozjpeg } from "./_decode_mozjpeg.ts";
import { ImageFault } from "./_image_fault.ts";
import { jpegExif, jpegFrame, jpegScans } from "./_jpeg_segments.ts";
import { MAX_MEGAPIXELS } from "./_limits.ts";
import { orientationOf, turned } from "./_orientation.ts";
import type { Pixels } from "./_pixels.ts";

/**
 * Scans that a picture may have: each may cost as much as all its pixels, in ten
 * bytes. Writers make ten.
 */
const mostScans = 100;

/**
 * Decodes a JPEG, baseline or progressive, and turns it as its camera says:
 * telephones store a picture as the sensor lies, and beside it how it was held.
 * Where libjpeg is not to be had a decoder in JavaScript does the same, in twenty
 * times the time.
 *
 * @throws {ImageFault} If it is damaged, has samples that are not of 8 bits, or
 * more than a hundred scans.
 */
export async function decodeJpeg(bytes: Uint8Array): Promise<Pixels> {
  const { bits } = jpegFrame(bytes);
  // jpeg-js would read samples of 12 bits as if they had 8.
  if (bits !== 8) throw new ImageFault(`samples of ${bits} bits`);
  const scans = jpegScans(bytes);
  if (scans > mostScans) throw new ImageFault(`${scans} scans`);
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
