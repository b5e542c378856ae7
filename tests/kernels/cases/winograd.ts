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

/** Convolutions by Winograd's algorithm where they fit. */
export const winogradCases: readonly KernelCase[] = Object.entries(SHAPES)
  .flatMap(([name, shape]): KernelCase[] => {
    const { batch, inChannels, outChannels } = shape;
    const pixels = batch * inChannels * shape.inHeight * shape.inWidth;
    const outputs = batch * outChannels * shape.outHeight * shape.outWidth;
    const x = random(pixels, 1);
    const weight = random(
      outChannels * inChannels * shape.kernelHeight ** 2,
      2,
    );
    const gradOutput = random(outputs, 3);
    return [
      ...[null, random(outChannels, 4)].map((bias): KernelCase => ({
        name: `winogradForward, ${bias ? "bias" : "no bias"}: ${name}`,
        run(harness) {
          const output = new Float64Array(outputs);
          const operands = { x, weight, bias, output };
          harness.check(winogradForward, operands, shape, TOLERANCE);
        },
      })),
      ...[[true, false], [false, true], [true, true]].map((
        [ofX, ofWeight],
      ): KernelCase => ({
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
              gradX: ofX ? new Float64Array(pixels) : null,
              gradWeight: ofWeight ? new Float64Array(weight.length) : null,
            },
            shape,
            TOLERANCE,
          );
        },
      })),
    ];
  });
