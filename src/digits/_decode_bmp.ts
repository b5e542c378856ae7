import { library } from "../base/library.ts";
import type { Pixels } from "./_pixels.ts";

/** Decodes a BMP, with a palette or in colour, from the bottom or the top. */
export async function decodeBmp(bytes: Uint8Array): Promise<Pixels> {
  const { Buffer } = await import("node:buffer");
  const { decode } = await library("bmp-ts", () => import("npm:bmp-ts@1.0.9"));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [bits, packing] = [view.getUint16(28, true), view.getUint32(30, true)];
  // bmp-ts loses rows of the one and stops early in the other.
  if (bits === 4 || packing === 1 || packing === 2) {
    throw new Error(
      bits === 4
        ? "4 bits a pixel, which are not read"
        : "run-length encoded, which is not read",
    );
  }
  const { data, height, width } = decode(
    Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
  );
  // Of bmp-ts a pixel is alpha, blue, green, red. Most writers leave alpha 0.
  const hasAlpha = bits === 32 &&
    data.some((value, at) => at % 4 === 0 && value > 0);
  const channels = hasAlpha ? 4 : 3;
  const pixels = new Uint8Array(width * height * channels);
  for (let pixel = 0; pixel < width * height; pixel++) {
    for (let channel = 0; channel < channels; channel++) {
      pixels[pixel * channels + channel] = data[pixel * 4 + (3 - channel)];
    }
  }
  return { width, height, channels, data: pixels, white: 255 };
}
