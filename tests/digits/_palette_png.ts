import { crc32, deflateSync } from "node:zlib";
import type { Picture } from "./_pictures.ts";

/**
 * As PNG with a palette of 256 entries, written by hand: from black to white,
 * or black ink from opaque to transparent.
 */
export function asPalettePng(
  { channels, data, height, width }: Picture,
  { transparent = false } = {},
): Uint8Array {
  const rows = new Uint8Array(height * (width + 1));
  for (let pixel = 0; pixel < width * height; pixel++) {
    const row = Math.floor(pixel / width);
    // A row begins with the number of its filter, 0 for none.
    rows[pixel + row + 1] = Math.round(255 * data[pixel * channels]);
  }
  const entries = Array.from({ length: 256 }, (_, value) => value);
  const palette = entries.flatMap((value) =>
    transparent ? [0, 0, 0] : [value, value, value]
  );
  const header = new Uint8Array(13);
  new DataView(header.buffer).setUint32(0, width);
  new DataView(header.buffer).setUint32(4, height);
  header.set([8, 3], 8);
  const alpha = Uint8Array.from(entries.toReversed());
  return Uint8Array.from([
    ...[0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a],
    ...chunk("IHDR", header),
    ...chunk("PLTE", Uint8Array.from(palette)),
    ...transparent ? chunk("tRNS", alpha) : [],
    ...chunk("IDAT", deflateSync(rows)),
    ...chunk("IEND", new Uint8Array()),
  ]);
}

function chunk(type: string, content: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(content.length + 12);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, content.length);
  bytes.set(new TextEncoder().encode(type), 4);
  bytes.set(content, 8);
  view.setUint32(8 + content.length, crc32(bytes.subarray(4, -4)));
  return bytes;
}
