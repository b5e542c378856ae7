import { kernel } from "../kernel.ts";
import { elementwise } from "../lib/elementwise.ts";
import {
  pixelIterations,
  planesOf,
  type Pool2dShape,
  poolingConstants,
  poolingWork,
  windowIterations,
  windowsOf,
} from "../lib/pool2d.ts";
import * as wgsl from "./max_pool2d.gen.ts";
import * as simd from "./simd.gen.ts";

/**
 * The largest element of each window of x `[batch, channels, inHeight, inWidth]`;
 * the padding takes no part. Of equal elements it is the first in scan order;
 * NaN is above all, and of several the last, as in PyTorch. `indices` (i32, as
 * `output`) holds where it was in its plane: `row · inWidth + column`.
 */
export const maxPool2dForward = /* @__PURE__ */ kernel({
  name: "maxPool2dForward",
  operands: { x: "read", output: "write", indices: "write" },
  reference({ indices, output, x }, shape: Pool2dShape) {
    const windows = windowsOf(shape);
    const inArea = shape.inHeight * shape.inWidth;
    for (let at = 0; at < output.length; at++) {
      const start = Math.floor(at / windows.length) * inArea;
      const pixels = windows[at % windows.length];
      let largest = pixels[0];
      for (const pixel of pixels) {
        const value = x[start + pixel];
        if (value > x[start + largest] || Number.isNaN(value)) largest = pixel;
      }
      output[at] = x[start + largest];
      indices[at] = largest;
    }
  },
  webgpu({ indices, output, x }, shape) {
    const { length } = output.buffer;
    const bind = { x, output, indices };
    const constants = constantsOf(shape);
    return [{
      ...elementwise(wgsl.maxPool2dForward, length, bind, constants),
      iterations: windowIterations(shape),
    }];
  },
  wasm({ indices, output, x }, shape) {
    const args = { ...shape, planes: planesOf(shape), x, output, indices };
    return [simd.maxPool2dForward(args, { work: poolingWork(shape) })];
  },
});

/**
 * The gradient with respect to x: each element of `gradOutput` goes to where the
 * largest element was. Where windows overlap, the elements are added in the
 * order of the output.
 */
export const maxPool2dGradient = /* @__PURE__ */ kernel({
  name: "maxPool2dGradient",
  operands: { gradOutput: "read", indices: "read", gradX: "write" },
  reference({ gradOutput, gradX, indices }, shape: Pool2dShape) {
    const inArea = shape.inHeight * shape.inWidth;
    const outArea = shape.outHeight * shape.outWidth;
    gradX.fill(0);
    for (let at = 0; at < gradOutput.length; at++) {
      const start = Math.floor(at / outArea) * inArea;
      gradX[start + indices[at]] += gradOutput[at];
    }
  },
  webgpu({ gradOutput, gradX, indices }, shape) {
    const { length } = gradX.buffer;
    const bind = { gradOutput, largestAt: indices, gradX };
    const constants = constantsOf(shape);
    return [{
      ...elementwise(wgsl.maxPool2dGradient, length, bind, constants),
      iterations: pixelIterations(shape),
    }];
  },
  wasm({ gradOutput, gradX, indices }, shape) {
    const args = {
      gradOutput,
      indices,
      gradX,
      planes: planesOf(shape),
      inArea: shape.inHeight * shape.inWidth,
      outArea: shape.outHeight * shape.outWidth,
    };
    return [simd.maxPool2dGradient(args, { work: poolingWork(shape) })];
  },
});

function constantsOf(shape: Pool2dShape) {
  const { dilationHeight, dilationWidth } = shape;
  return { ...poolingConstants(shape), dilationHeight, dilationWidth };
}
