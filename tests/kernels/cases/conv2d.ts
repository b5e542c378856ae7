import {
  conv2dBiasGradient,
  conv2dForward,
  conv2dInputGradient,
  type Conv2dShape,
  conv2dWeightGradient,
} from "../../../kernels/conv2d/conv2d.ts";
import {
  conv2dForwardStatistics,
  splitsOf,
} from "../../../kernels/conv2d/statistics.ts";
import * as reference from "../../reference.ts";
import { type KernelCase, type KernelHarness, random } from "./_harness.ts";

const { conv2dShape } = reference;

/**
 * Worst measured: 2.9e-5 absolute on WebGPU, where f32 sums run in one chain
 * (0.84 of the tolerance), 1.2e-6 on the CPU.
 */
const TOLERANCE = { atol: 1e-5, rtol: 1e-5 };
/** Sums over images and pixels, up to 25,480 terms. Worst measured: 2.7e-5 absolute. */
const SUMS = { atol: 1e-4, rtol: 1e-5 };

const SHAPES: Record<string, Conv2dShape> = {
  "first layer": conv2dShape(3, 1, 16, [28, 28], {
    kernel: [5, 5],
    padding: [2, 2],
  }),
  "second layer": conv2dShape(2, 16, 32, [14, 14], {
    kernel: [5, 5],
    padding: [2, 2],
  }),
  "3×2 kernel, padding along one axis": conv2dShape(3, 2, 5, [7, 10], {
    kernel: [3, 2],
    padding: [1, 0],
  }),
  "batch 1, stride 2×3, pixels left over": conv2dShape(1, 3, 2, [11, 13], {
    kernel: [4, 3],
    stride: [2, 3],
    padding: [0, 2],
  }),
  "dilation 2×3": conv2dShape(3, 2, 3, [9, 14], {
    kernel: [3, 4],
    padding: [2, 1],
    dilation: [2, 3],
  }),
  "stride and dilation with a common divisor": conv2dShape(
    2,
    3,
    4,
    [15, 16],
    { kernel: [3, 3], stride: [4, 2], padding: [3, 4], dilation: [2, 4] },
  ),
  "stride larger than the kernel": conv2dShape(2, 2, 3, [10, 11], {
    kernel: [2, 1],
    stride: [3, 2],
  }),
  "kernel larger than the image": conv2dShape(3, 2, 3, [3, 4], {
    kernel: [5, 7],
    padding: [2, 3],
  }),
  "windows that lie in the padding": conv2dShape(1, 2, 2, [3, 2], {
    kernel: [2, 1],
    padding: [3, 2],
  }),
  "one pixel, one channel": conv2dShape(1, 1, 1, [1, 1], { kernel: [1, 1] }),
  "one row, 1×1 kernel": conv2dShape(5, 3, 7, [1, 37], { kernel: [1, 1] }),
  "33 channels to 19": conv2dShape(1, 33, 19, [5, 6], {
    kernel: [3, 3],
    padding: [1, 1],
  }),
  "31 columns, 5×4 kernel": conv2dShape(2, 3, 6, [6, 30], {
    kernel: [5, 4],
    padding: [1, 2],
  }),
  "32 columns, 3×3 kernel": conv2dShape(1, 2, 4, [5, 32], {
    kernel: [3, 3],
    padding: [1, 1],
  }),
  "9 images, 16 channels to 30": conv2dShape(9, 16, 30, [6, 17], {
    kernel: [3, 5],
    padding: [1, 2],
  }),
  "3 groups of 2 channels to 5, more images than threads": conv2dShape(
    5,
    6,
    15,
    [7, 9],
    { groups: 3, kernel: [3, 2], padding: [1, 0], dilation: [1, 2] },
  ),
  "2 groups of 8 channels to 8, 5×5 kernel": conv2dShape(2, 16, 16, [9, 8], {
    groups: 2,
    kernel: [5, 5],
    padding: [2, 2],
  }),
  "depthwise": conv2dShape(2, 7, 7, [6, 11], {
    groups: 7,
    kernel: [3, 3],
    padding: [1, 1],
  }),
  "depthwise, 2 outputs of each channel, stride 2": conv2dShape(
    1,
    5,
    10,
    [8, 13],
    { groups: 5, kernel: [3, 2], stride: [2, 2], padding: [0, 1] },
  ),
  "more padding at the end, as many rows and columns of the output": {
    ...conv2dShape(2, 3, 5, [5, 7], { kernel: [4, 2], padding: [1, 0] }),
    outHeight: 5,
    outWidth: 7,
  },
  "rows and columns of x that no window reaches": {
    ...conv2dShape(2, 4, 6, [7, 9], {
      groups: 2,
      kernel: [3, 2],
      stride: [2, 3],
      padding: [1, 0],
      dilation: [3, 4],
    }),
    outHeight: 1,
    outWidth: 1,
  },
  "3 channels to 8, stride 2": conv2dShape(3, 3, 8, [10, 19], {
    kernel: [3, 3],
    stride: [2, 2],
    padding: [1, 1],
  }),
  "3 channels to 8, stride 3×2, rows of fours": conv2dShape(3, 3, 8, [10, 20], {
    kernel: [2, 3],
    stride: [3, 2],
    padding: [0, 1],
  }),
  "4 channels to 5, 1×1 kernel, stride 2, rows of fours": conv2dShape(
    2,
    4,
    5,
    [9, 12],
    { kernel: [1, 1], stride: [2, 2] },
  ),
  "6 channels to 16, stride 1×2, dilation 2×1, 41 rows": conv2dShape(
    2,
    6,
    16,
    [41, 18],
    { kernel: [3, 2], stride: [1, 2], padding: [0, 1], dilation: [2, 1] },
  ),
  "5 channels to 24, 1×1 kernel, stride 2": conv2dShape(3, 5, 24, [9, 34], {
    kernel: [1, 1],
    stride: [2, 2],
  }),
  "a kernel as large as the image": conv2dShape(9, 6, 21, [5, 4], {
    kernel: [5, 4],
  }),
  "a 3×3 kernel as large as the image": conv2dShape(3, 8, 16, [3, 3], {
    kernel: [3, 3],
  }),
  "33 images, 4 channels to 6, 5×5 kernel": conv2dShape(33, 4, 6, [8, 9], {
    kernel: [5, 5],
  }),
  "37 images, 5 channels to 13, 4×5 kernel": conv2dShape(37, 5, 13, [6, 6], {
    kernel: [4, 5],
    padding: [1, 0],
  }),
  "34 images of 2×2 pixels": conv2dShape(34, 3, 2, [2, 2], {
    kernel: [3, 3],
    padding: [1, 1],
  }),
  "35 images, rows and columns that no window reaches": {
    ...conv2dShape(35, 2, 3, [6, 7], { kernel: [2, 2] }),
    outHeight: 2,
    outWidth: 3,
  },
  "130 images": conv2dShape(130, 1, 2, [14, 14], {
    kernel: [3, 3],
    padding: [1, 1],
  }),
};

/** Every kernel of the convolution on every shape. */
export const conv2dCases: readonly KernelCase[] = Object.entries(SHAPES)
  .flatMap(([name, shape]): KernelCase[] => [
    {
      name: `conv2dForward: ${name}`,
      run: (harness) => forward(harness, shape, true),
    },
    {
      name: `conv2dForward without bias: ${name}`,
      run: (harness) => forward(harness, shape, false),
    },
    {
      name: `conv2dInputGradient: ${name}`,
      run(harness) {
        const gradOutput = random(sizes(shape).output, 4);
        const weight = random(sizes(shape).weight, 5);
        const gradX = new Float64Array(sizes(shape).x);
        const operands = { gradOutput, weight, bias: null, gradX };
        harness.check(conv2dInputGradient, operands, shape, TOLERANCE);
      },
    },
    {
      name: `conv2dInputGradient with bias: ${name}`,
      run(harness) {
        const gradOutput = random(sizes(shape).output, 4);
        const weight = random(sizes(shape).weight, 5);
        const bias = random(shape.inChannels, 6);
        const gradX = new Float64Array(sizes(shape).x);
        const operands = { gradOutput, weight, bias, gradX };
        harness.check(conv2dInputGradient, operands, shape, TOLERANCE);
      },
    },
    {
      name: `conv2dWeightGradient: ${name}`,
      run(harness) {
        const gradOutput = random(sizes(shape).output, 6);
        const x = random(sizes(shape).x, 7);
        const gradWeight = new Float64Array(sizes(shape).weight);
        const operands = { gradOutput, x, gradWeight };
        harness.check(conv2dWeightGradient, operands, shape, SUMS);
      },
    },
    {
      name: `conv2dBiasGradient: ${name}`,
      run(harness) {
        const gradOutput = random(sizes(shape).output, 8);
        const gradBias = new Float64Array(shape.outChannels);
        const operands = { gradOutput, gradBias };
        harness.check(conv2dBiasGradient, operands, shape, SUMS);
      },
    },
    ...[true, false].filter(() => hasFours(shape)).map((counts) => ({
      name: `conv2dForwardStatistics, ${counts ? "" : "not "}counted: ${name}`,
      run: (harness: KernelHarness) => statistics(harness, shape, counts),
    })),
  ]);

function forward(
  harness: KernelHarness,
  shape: Conv2dShape,
  withBias: boolean,
): void {
  const x = random(sizes(shape).x, 1);
  const weight = random(sizes(shape).weight, 2);
  const bias = withBias ? random(shape.outChannels, 3) : null;
  const output = new Float64Array(sizes(shape).output);
  const operands = { x, weight, bias, output };
  harness.check(conv2dForward, operands, shape, TOLERANCE);
}

/** Whether the statistics can be made: pixels come in fours, without groups. */
function hasFours({ groups, outHeight, outWidth }: Conv2dShape): boolean {
  return groups === 1 && outHeight * outWidth % 4 === 0;
}

function statistics(
  harness: KernelHarness,
  shape: Conv2dShape,
  counts: boolean,
): void {
  const { splits } = splitsOf(shape);
  harness.check(
    conv2dForwardStatistics,
    {
      x: random(sizes(shape).x, 1),
      weight: random(sizes(shape).weight, 2),
      bias: counts ? random(shape.outChannels, 3) : null,
      output: new Float64Array(sizes(shape).output),
      batches: counts ? Int32Array.of(41) : null,
      partials: new Float64Array(2 * shape.outChannels * splits),
    },
    shape,
    SUMS,
  );
}

function sizes(
  shape: Conv2dShape,
): Record<"x" | "weight" | "output", number> {
  const { batch, groups, inChannels, outChannels } = shape;
  return {
    x: batch * inChannels * shape.inHeight * shape.inWidth,
    weight: outChannels * inChannels / groups * shape.kernelHeight *
      shape.kernelWidth,
    output: batch * outChannels * shape.outHeight * shape.outWidth,
  };
}
