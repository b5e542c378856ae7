import { kernel, type Operand } from "../kernel.ts";
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
import * as wgsl from "./avg_pool2d.gen.ts";
import * as simd from "./simd.gen.ts";

/** An average pooling; its dilation is 1. */
export interface AvgPool2dShape extends Pool2dShape {
  /**
   * Whether padded zeros count in the divisor, as PyTorch's default has it; what
   * a window has beyond the padding never does.
   */
  readonly countIncludePad: boolean;
}

/**
 * The mean of each window of x `[batch, channels, inHeight, inWidth]`, added up
 * row by row.
 */
export const avgPool2dForward = /* @__PURE__ */ kernel({
  name: "avgPool2dForward",
  operands: { x: "read", output: "write" },
  reference({ output, x }, shape: AvgPool2dShape) {
    const windows = windowsOf(shape);
    const divisors = divisorsOf(windows, shape);
    const inArea = shape.inHeight * shape.inWidth;
    for (let at = 0; at < output.length; at++) {
      const start = Math.floor(at / windows.length) * inArea;
      const window = at % windows.length;
      let sum = 0;
      for (const pixel of windows[window]) sum += x[start + pixel];
      output[at] = sum / divisors[window];
    }
  },
  webgpu({ output, x }, shape) {
    const { length } = output.buffer;
    const constants = constantsOf(shape);
    const bind = { x, output };
    return [{
      ...elementwise(wgsl.avgPool2dForward, length, bind, constants),
      iterations: windowIterations(shape),
    }];
  },
  wasm({ output, x }, shape) {
    const args = argumentsOf(x, output, shape);
    return [simd.avgPool2dForward(args, { work: poolingWork(shape) })];
  },
});

/**
 * The gradient with respect to x: each element of `gradOutput` spreads evenly
 * over its window. Where windows overlap, the shares are added in the order of
 * the output.
 */
export const avgPool2dGradient = /* @__PURE__ */ kernel({
  name: "avgPool2dGradient",
  operands: { gradOutput: "read", gradX: "write" },
  reference({ gradOutput, gradX }, shape: AvgPool2dShape) {
    const windows = windowsOf(shape);
    const divisors = divisorsOf(windows, shape);
    const inArea = shape.inHeight * shape.inWidth;
    gradX.fill(0);
    for (let at = 0; at < gradOutput.length; at++) {
      const start = Math.floor(at / windows.length) * inArea;
      const window = at % windows.length;
      const share = gradOutput[at] / divisors[window];
      for (const pixel of windows[window]) gradX[start + pixel] += share;
    }
  },
  webgpu({ gradOutput, gradX }, shape) {
    const { length } = gradX.buffer;
    const bind = { gradOutput, gradX };
    const constants = constantsOf(shape);
    return [{
      ...elementwise(wgsl.avgPool2dGradient, length, bind, constants),
      iterations: pixelIterations(shape),
    }];
  },
  wasm({ gradOutput, gradX }, shape) {
    const args = argumentsOf(gradX, gradOutput, shape);
    return [simd.avgPool2dGradient(args, { work: poolingWork(shape) })];
  },
});

/** By what the sum of each window is divided. */
function divisorsOf(
  windows: readonly (readonly number[])[],
  shape: AvgPool2dShape,
): number[] {
  if (!shape.countIncludePad) return windows.map(({ length }) => length);
  const { outWidth, paddingHeight, paddingWidth } = shape;
  return windows.map((_, window) => {
    const top = Math.floor(window / outWidth) * shape.strideHeight;
    const left = window % outWidth * shape.strideWidth;
    const bottom = shape.inHeight + 2 * paddingHeight;
    const right = shape.inWidth + 2 * paddingWidth;
    return (Math.min(top + shape.kernelHeight, bottom) - top) *
      (Math.min(left + shape.kernelWidth, right) - left);
  });
}

function constantsOf(shape: AvgPool2dShape) {
  const countIncludePad = Number(shape.countIncludePad);
  return { ...poolingConstants(shape), countIncludePad };
}

/** The arguments of both directions, see `simd.ts`. */
function argumentsOf(image: Operand, means: Operand, shape: AvgPool2dShape) {
  const countIncludePad = Number(shape.countIncludePad);
  return { ...shape, planes: planesOf(shape), image, means, countIncludePad };
}
