import type { Pixels } from "./_pixels.ts";

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
export function turned(pixels: Pixels, orientation: number): Pixels {
  if (orientation === 1) return pixels;
  const { channels, data, height, width } = pixels;
  const swaps = orientation >= 5;
  const [columns, rows] = swaps ? [height, width] : [width, height];
  const result = data.slice();
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
