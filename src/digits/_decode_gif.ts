import { library } from "../base/library.ts";
import { firstGifPicture } from "./_first_gif_picture.ts";
import type { Pixels } from "./_pixels.ts";

// By a variable: Deno fetches what it sees in an import before a program starts.
const modernGif = "npm:modern-gif@2.1.0";

/** Decodes the first picture of a GIF. */
export async function decodeGif(bytes: Uint8Array): Promise<Pixels> {
  const { decodeFrames } = await library(
    modernGif,
    () => import(modernGif),
  );
  const [first] = decodeFrames(firstGifPicture(bytes), { range: [0, 0] });
  const { data, height, width } = first;
  return { width, height, channels: 4, data, white: 255 };
}

/** Columns and rows as the header has them. */
export function gifSize(bytes: Uint8Array): [number, number] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return [view.getUint16(6, true), view.getUint16(8, true)];
}
