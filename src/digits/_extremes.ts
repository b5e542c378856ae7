import type { Brightness } from "./_pixels.ts";
import { transposed } from "./_transposed.ts";

/**
 * The brightest pixel of the square around every pixel: what is dark and
 * narrower than the square vanishes. Grey-scale dilation.
 *
 * @param reach Pixels from the middle of the square to its edge.
 */
export function brightest(image: Brightness, reach: number): Brightness {
  const along = brightestOfColumns(transposed(image), reach);
  return brightestOfColumns(transposed(along), reach);
}

/** The darkest pixel of the square around every pixel: erosion. */
export function darkest(image: Brightness, reach: number): Brightness {
  const opposite = (image: Brightness) => ({
    ...image,
    data: image.data.map((value) => -value),
  });
  return opposite(brightest(opposite(image), reach));
}

/** Black for white, and white for black. */
export function negative({ data, height, width }: Brightness): Brightness {
  return { width, height, data: data.map((value) => 1 - value) };
}

/**
 * The largest value within `reach` rows. The rows, with as many empty ones above
 * and below, are in blocks as high as the window, which therefore is the end of
 * one block and the start of the next: three comparisons for a pixel, whatever
 * the reach. M. van Herk, "A fast algorithm for local minimum and maximum
 * filters", 1992.
 */
function brightestOfColumns(
  { data, height, width }: Brightness,
  reach: number,
): Brightness {
  const block = 2 * reach + 1;
  const rows = height + 2 * reach;
  const fromStart = new Float32Array(rows * width).fill(-Infinity);
  fromStart.set(data, reach * width);
  const toEnd = fromStart.slice();
  for (let row = 1; row < rows; row++) {
    if (row % block !== 0) raise(fromStart, row, row - 1, width);
  }
  for (let row = rows - 2; row >= 0; row--) {
    if ((row + 1) % block !== 0) raise(toEnd, row, row + 1, width);
  }
  const result = new Float32Array(data.length);
  const opposite = 2 * reach * width;
  for (let at = 0; at < result.length; at++) {
    const end = toEnd[at];
    const start = fromStart[at + opposite];
    result[at] = end > start ? end : start;
  }
  return { width, height, data: result };
}

/** Makes the values of a row at least those of another one. */
function raise(
  data: Float32Array,
  row: number,
  other: number,
  width: number,
): void {
  const to = row * width;
  const from = other * width;
  for (let column = 0; column < width; column++) {
    const value = data[from + column];
    if (value > data[to + column]) data[to + column] = value;
  }
}
