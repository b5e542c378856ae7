import type { Brightness } from "./_pixels.ts";

/**
 * The brightest pixel of the square around every pixel: what is dark and
 * narrower than the square vanishes. Grey-scale dilation.
 *
 * @param reach Pixels from the middle of the square to its edge.
 */
export function brightest(image: Brightness, reach: number): Brightness {
  const { height, width } = image;
  const rows = new Float32Array(image.data.length);
  for (let row = 0; row < height; row++) {
    slide(image.data, rows, row * width, 1, width, reach);
  }
  const data = new Float32Array(image.data.length);
  for (let column = 0; column < width; column++) {
    slide(rows, data, column, width, height, reach);
  }
  return { width, height, data };
}

/** The darkest pixel of the square around every pixel: erosion. */
export function darkest(image: Brightness, reach: number): Brightness {
  return negative(brightest(negative(image), reach));
}

/** Black for white, and white for black. */
export function negative({ data, height, width }: Brightness): Brightness {
  return { width, height, data: data.map((value) => 1 - value) };
}

/**
 * The largest value within `reach` along one line. The candidates are kept in
 * falling order, so that every value is looked at twice whatever the reach.
 */
function slide(
  from: Float32Array,
  to: Float32Array,
  start: number,
  stride: number,
  count: number,
  reach: number,
): void {
  const queue = new Int32Array(count);
  let head = 0;
  let tail = 0;
  for (let at = 0; at < count + reach; at++) {
    if (at < count) {
      const value = from[start + at * stride];
      while (tail > head && from[start + queue[tail - 1] * stride] <= value) {
        tail--;
      }
      queue[tail++] = at;
    }
    const middle = at - reach;
    if (middle < 0) continue;
    if (queue[head] < middle - reach) head++;
    to[start + middle * stride] = from[start + queue[head] * stride];
  }
}
