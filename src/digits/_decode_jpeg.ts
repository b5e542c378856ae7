import { library } from "../base/library.ts";
import { orientationOf, turned } from "./_orientation.ts";
import { ImageFault } from "./_image_fault.ts";
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
    "npm:jpeg-js@0.4.4",
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

/** Columns and rows of a JPEG, by the first marker that begins a frame. */
export function jpegSize(bytes: Uint8Array): [number, number] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 2; at + 9 <= bytes.length;) {
    if (bytes[at] !== 0xff) throw new ImageFault("no marker where one must be");
    const marker = bytes[at + 1];
    if (marker === 0xff) at++; // A byte that fills.
    else if (isFrame(marker)) {
      return [view.getUint16(at + 7), view.getUint16(at + 5)];
    } else at += 2 + view.getUint16(at + 2);
  }
  throw new ImageFault("it has no size");
}

/** SOF0 to SOF15 without DHT, JPG and DAC, which lie between them. */
function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf &&
    ![0xc4, 0xc8, 0xcc].includes(marker);
}
