import { kernel, type NumberArray } from "../kernel.ts";
import { elementwise } from "../lib/elementwise.ts";
import * as wgsl from "./upsample.gen.ts";

export type { UpsampleTables } from "./taps.ts";
export { upsampleTables } from "./taps.ts";

/** The parameters of a resizing. */
export interface UpsampleParams {
  /** Whether four pixels are mixed, rather than the nearest taken. */
  readonly bilinear: boolean;
  /** Of a pixel's gradient, see {@linkcode UpsampleTables}. */
  readonly iterations: number;
}

/**
 * Images in another size, `[planes, height, width]`. `taps` (i32) and `shares` are
 * {@linkcode upsampleTables}. The nearest pixel, or four mixed: two pixels of a
 * row by their shares, of the two rows, and these two by theirs.
 */
export const upsampleForward = kernel({
  name: "upsampleForward",
  operands: { x: "read", taps: "read", shares: "read", output: "write" },
  reference({ output, shares, taps, x }, { bilinear }: UpsampleParams) {
    const [inHeight, inWidth, outHeight, outWidth] = taps;
    let at = 0;
    for (let plane = 0; at < output.length; plane += inHeight * inWidth) {
      for (let row = 0; row < outHeight; row++) {
        const upper = plane + taps[4 + 2 * row] * inWidth;
        const lower = plane + taps[5 + 2 * row] * inWidth;
        for (let i = outHeight; i < outHeight + outWidth; i++) {
          const first = taps[4 + 2 * i], second = taps[5 + 2 * i];
          output[at++] = bilinear
            ? mixed(
              mixed(x[upper + first], x[upper + second], shares[i]),
              mixed(x[lower + first], x[lower + second], shares[i]),
              shares[row],
            )
            : x[upper + first];
        }
      }
    }
  },
  webgpu({ output, shares, taps, x }, { bilinear }) {
    const { length } = output.buffer;
    return bilinear
      ? [elementwise(wgsl.bilinear, length, { x, taps, shares, output })]
      : [elementwise(wgsl.nearest, length, { x, taps, output })];
  },
});

/**
 * The gradient with respect to x: each pixel adds its shares of the gradients of
 * those elements that it is a tap of, row by row.
 */
export const upsampleGradient = kernel({
  name: "upsampleGradient",
  operands: {
    gradOutput: "read",
    taps: "read",
    shares: "read",
    gradX: "write",
  },
  reference({ gradOutput, gradX, shares, taps }, _params: UpsampleParams) {
    const [inHeight, inWidth, outHeight, outWidth] = taps;
    const ranges = 4 + 2 * (outHeight + outWidth);
    for (let at = 0; at < gradX.length; at++) {
      const plane = Math.floor(at / (inHeight * inWidth)) * outHeight;
      const inRow = Math.floor(at / inWidth) % inHeight;
      const inColumn = at % inWidth;
      const rows = ranges + 2 * inRow;
      const columns = ranges + 2 * (inHeight + inColumn);
      let sum = 0;
      for (let row = taps[rows]; row < taps[rows + 1]; row++) {
        const height = shareOf(taps, shares, row, inRow);
        const start = (plane + row) * outWidth;
        for (let i = taps[columns]; i < taps[columns + 1]; i++) {
          const width = shareOf(taps, shares, outHeight + i, inColumn);
          sum += height * width * gradOutput[start + i];
        }
      }
      gradX[at] = sum;
    }
  },
  webgpu({ gradOutput, gradX, shares, taps }, { iterations }) {
    const bind = { gradOutput, taps, shares, gradX };
    return [{
      ...elementwise(wgsl.upsampleGradient, gradX.buffer.length, bind),
      iterations,
    }];
  },
});

/** Two numbers by the second one's share. */
function mixed(first: number, second: number, share: number): number {
  return (1 - share) * first + share * second;
}

/** A pixel's share of an output row or column. */
function shareOf(
  taps: NumberArray,
  shares: NumberArray,
  output: number,
  pixel: number,
): number {
  const first = taps[4 + 2 * output] === pixel ? 1 - shares[output] : 0;
  return taps[5 + 2 * output] === pixel ? first + shares[output] : first;
}
