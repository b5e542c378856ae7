import { kernel } from "../kernel.ts";
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
export const upsampleForward = /* @__PURE__ */ kernel({
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
 * those elements that it is a tap of, in the order of the output.
 */
export const upsampleGradient = /* @__PURE__ */ kernel({
  name: "upsampleGradient",
  operands: {
    gradOutput: "read",
    taps: "read",
    shares: "read",
    gradX: "write",
  },
  reference(
    { gradOutput, gradX, shares, taps },
    { bilinear }: UpsampleParams,
  ) {
    const [inHeight, inWidth, outHeight, outWidth] = taps;
    gradX.fill(0);
    let at = 0;
    for (let plane = 0; at < gradOutput.length; plane += inHeight * inWidth) {
      for (let row = 0; row < outHeight; row++) {
        const upper = plane + taps[4 + 2 * row] * inWidth;
        const lower = plane + taps[5 + 2 * row] * inWidth;
        const height = shares[row];
        for (let i = outHeight; i < outHeight + outWidth; i++) {
          const gradient = gradOutput[at++];
          const first = taps[4 + 2 * i], second = taps[5 + 2 * i];
          if (!bilinear) {
            gradX[upper + first] += gradient;
            continue;
          }
          const above = (1 - height) * gradient, below = height * gradient;
          gradX[upper + first] += (1 - shares[i]) * above;
          gradX[upper + second] += shares[i] * above;
          gradX[lower + first] += (1 - shares[i]) * below;
          gradX[lower + second] += shares[i] * below;
        }
      }
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
