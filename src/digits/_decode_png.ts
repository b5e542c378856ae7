import type { DecodedPng } from "npm:fast-png@8.0.0";
import { library } from "../base/library.ts";
import type { Pixels } from "./_pixels.ts";

/** Decodes a PNG of any depth, grey, in colour or with a palette. */
export async function decodePng(bytes: Uint8Array): Promise<Pixels> {
  const { convertIndexedToRgb, decode } = await library(
    "fast-png",
    () => import("npm:fast-png@8.0.0"),
  );
  const png = decode(bytes, { checkCrc: true });
  const { channels, depth, height, palette, width } = png;
  const rowLength = Math.ceil(width * channels * depth / 8) * 8 / depth;
  if (depth < 8 && png.data.length !== height * rowLength * depth / 8) {
    throw new Error("interlaced with fewer than 8 bits, which is not read");
  }
  if (palette !== undefined) {
    const data = convertIndexedToRgb(png);
    return { width, height, channels: palette[0].length, data, white: 255 };
  }
  const data = depth < 8 ? unpacked(png, rowLength) : png.data;
  return { width, height, channels, data, white: 2 ** depth - 1 };
}

/** Grey pixels of 1, 2 or 4 bits as bytes; a row starts with a byte. */
function unpacked(
  { data, depth, height, width }: DecodedPng,
  rowLength: number,
): Uint8Array {
  const pixels = new Uint8Array(width * height);
  const mask = 2 ** depth - 1;
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const bit = (row * rowLength + column) * depth;
      const shift = 8 - depth - bit % 8;
      pixels[row * width + column] = (data[bit >> 3] >> shift) & mask;
    }
  }
  return pixels;
}
