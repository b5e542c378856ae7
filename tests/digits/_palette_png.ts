import type { Picture } from "./_pictures.ts";
import { writePngFile } from "./_write_png.ts";

/**
 * As PNG with a palette of 256 entries: from black to white, or black ink from
 * opaque to transparent.
 */
export function asPalettePng(
  { channels, data, height, width }: Picture,
  { transparent = false } = {},
): Uint8Array {
  const values = Uint8Array.from(
    { length: width * height },
    (_, pixel) => Math.round(255 * data[pixel * channels]),
  );
  const entries = Array.from({ length: 256 }, (_, value) => value);
  const palette = entries.flatMap((value) =>
    transparent ? [0, 0, 0] : [value, value, value]
  );
  const chunks: Record<string, Uint8Array> = { PLTE: Uint8Array.from(palette) };
  if (transparent) chunks.tRNS = Uint8Array.from(entries.toReversed());
  return writePngFile({ width, height, depth: 8, colour: 3, values, chunks });
}
