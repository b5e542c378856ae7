import { kernel, type Operand } from "../kernel.ts";
import { elementwise } from "../lib/elementwise.ts";
import {
  planesOf,
  type Pool2dShape,
  poolingConstants,
  poolingWork,
  windowsOf,
} from "../lib/pool2d.ts";
import * as wgsl from "./avg_pool2d.gen.ts";
import * as simd from "./simd.gen.ts";

/** An average pooling; its dilation is 1. */
export interface AvgPool2dShape extends Pool2dShape {
  /** Whether padded zeros count in the divisor, as PyTorch's default has it. */
  readonly countIncludePad: boolean;
}

/**
 * The mean of each window of x `[batch, channels, inHeight, inWidth]`, added up
 * row by row.
 */
export const avgPool2dForward = kernel({
  name: "avgPool2dForward",
  operands: { x: "read", output: "write" },
  reference({ output, x }, shape: AvgPool2dShape) {
    const windows = windowsOf(shape);
    const inArea = shape.inHeight * shape.inWidth;
    for (let at = 0; at < output.length; at++) {
      const start = Math.floor(at / windows.length) * inArea;
      const pixels = windows[at % windows.length];
      let sum = 0;
      for (const pixel of pixels) sum += x[start + pixel];
      output[at] = sum / divisorOf(pixels, shape);
    }
  },
  webgpu({ output, x }, shape) {
    const { length } = output.buffer;
    const constants = constantsOf(shape);
    return [
      elementwise(wgsl.avgPool2dForward, length, { x, output }, constants),
    ];
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
export const avgPool2dGradient = kernel({
  name: "avgPool2dGradient",
  operands: { gradOutput: "read", gradX: "write" },
  reference({ gradOutput, gradX }, shape: AvgPool2dShape) {
    const windows = windowsOf(shape);
    const inArea = shape.inHeight * shape.inWidth;
    gradX.fill(0);
    for (let at = 0; at < gradOutput.length; at++) {
      const start = Math.floor(at / windows.length) * inArea;
      const pixels = windows[at % windows.length];
      const share = gradOutput[at] / divisorOf(pixels, shape);
      for (const pixel of pixels) gradX[start + pixel] += share;
    }
  },
  webgpu({ gradOutput, gradX }, shape) {
    const { length } = gradX.buffer;
    const bind = { gradOutput, gradX };
    const constants = constantsOf(shape);
    return [elementwise(wgsl.avgPool2dGradient, length, bind, constants)];
  },
  wasm({ gradOutput, gradX }, shape) {
    const args = argumentsOf(gradX, gradOutput, shape);
    return [simd.avgPool2dGradient(args, { work: poolingWork(shape) })];
  },
});

/** By what the sum of a window is divided. */
function divisorOf(pixels: readonly number[], shape: AvgPool2dShape): number {
  return shape.countIncludePad
    ? shape.kernelHeight * shape.kernelWidth
    : pixels.length;
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
