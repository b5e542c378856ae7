import type { Conv2dShape } from "../../../kernels/conv2d/conv2d.ts";
import { winogradGradient } from "../../../kernels/conv2d/gradients.ts";
import { winogradForward } from "../../../kernels/conv2d/winograd/winograd.ts";
import * as reference from "../../reference.ts";
import { type KernelCase, random } from "./_harness.ts";

const { conv2dShape } = reference;

/** Worst measured: 1.7e-4 absolute, of values up to 20, without relaxed SIMD. */
const TOLERANCE = { atol: 3e-4, rtol: 1e-5 };

const SHAPES: Record<string, Conv2dShape> = {
  "16 channels to 32": conv2dShape(5, 16, 32, [14, 14], {
    kernel: [5, 5],
    padding: [2, 2],
  }),
  "tiles left over, padding of its own per axis": conv2dShape(
    3,
    8,
    24,
    [15, 10],
    { kernel: [5, 5], padding: [4, 0] },
  ),
  "batch 1, the smallest output": conv2dShape(1, 8, 8, [10, 11], {
    kernel: [5, 5],
  }),
  "3×3, 16 channels to 32": conv2dShape(5, 16, 32, [14, 14], {
    kernel: [3, 3],
    padding: [1, 1],
  }),
  "3×3, tiles left over, padding of its own per axis": conv2dShape(
    13,
    8,
    24,
    [15, 6],
    { kernel: [3, 3], padding: [2, 0] },
  ),
  "3×3, several images at a time, some left over": conv2dShape(
    21,
    40,
    8,
    [7, 7],
    { kernel: [3, 3], padding: [1, 1] },
  ),
  "3×3, stride 2": conv2dShape(5, 16, 64, [32, 32], {
    kernel: [3, 3],
    padding: [1, 1],
    stride: [2, 2],
  }),
  "3×3, stride 2, tiles left over": conv2dShape(13, 24, 40, [19, 30], {
    kernel: [3, 3],
    padding: [2, 1],
    stride: [2, 2],
  }),
  "3×3, stride 2, several images at a time, some left over": conv2dShape(
    45,
    40,
    32,
    [8, 7],
    { kernel: [3, 3], padding: [1, 1], stride: [2, 2] },
  ),
  "channels that do not fit": conv2dShape(2, 3, 5, [9, 8], {
    kernel: [5, 5],
    padding: [2, 2],
  }),
};

type Named = readonly [name: string, shape: Conv2dShape];

/** Convolutions by Winograd's algorithm where they fit. */
export const winogradCases: readonly KernelCase[] = [
  ...Object.entries(SHAPES).flatMap(forwardCases),
  // Not right after the forward pass of the same shape, whose sizes a thread
  // still has.
  ...Object.entries(SHAPES).flatMap(gradientCases),
];

function forwardCases([name, shape]: Named): KernelCase[] {
  const { outputs, weight, x } = valuesOf(shape);
  return [null, random(shape.outChannels, 4)].map((bias) => ({
    name: `winogradForward, ${bias ? "bias" : "no bias"}: ${name}`,
    run(harness) {
      const output = new Float64Array(outputs);
      const operands = { x, weight, bias, output };
      harness.check(winogradForward, operands, shape, TOLERANCE);
    },
  }));
}

function gradientCases([name, shape]: Named): KernelCase[] {
  const { outputs, weight, x } = valuesOf(shape);
  const gradOutput = random(outputs, 3);
  return [[true, false], [false, true], [true, true]].map((
    [ofX, ofWeight],
  ) => ({
    name: `winogradGradient${ofX ? " of x" : ""}${
      ofWeight ? " of the weight" : ""
    }: ${name}`,
    run(harness) {
      harness.check(
        winogradGradient,
        {
          gradOutput,
          x,
          weight,
          gradX: ofX ? new Float64Array(x.length) : null,
          gradWeight: ofWeight ? new Float64Array(weight.length) : null,
        },
        shape,
        TOLERANCE,
      );
    },
  }));
}

/** Images and weights of a shape, and how many outputs it has. */
function valuesOf(shape: Conv2dShape) {
  const { batch, inChannels, outChannels } = shape;
  const taps = shape.kernelHeight * shape.kernelWidth;
  return {
    x: random(batch * inChannels * shape.inHeight * shape.inWidth, 1),
    weight: random(outChannels * inChannels * taps, 2),
    outputs: batch * outChannels * shape.outHeight * shape.outWidth,
  };
}
