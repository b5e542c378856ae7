import type { Pool2dShape } from "../../../kernels/shapes.ts";
import * as reference from "../../reference.ts";
import {
  type KernelCase,
  type KernelHarness,
  random,
  randomIntegers,
} from "./_harness.ts";

const { pool2dShape } = reference;

/** Up to 6 gradients meet in one pixel. Worst measured: 2.7e-7 absolute. */
const TOLERANCE = { atol: 1e-6, rtol: 1e-6 };

const OVERLAPPING = pool2dShape(3, 2, [7, 9], {
  kernel: [3, 2],
  padding: [1, 0],
});

const SHAPES: Record<string, Pool2dShape> = {
  "first layer": pool2dShape(3, 2, [28, 14], {
    kernel: [2, 2],
    stride: [2, 2],
  }),
  "second layer": pool2dShape(3, 32, [14, 14], {
    kernel: [2, 2],
    stride: [2, 2],
  }),
  "pixels left over": pool2dShape(1, 3, [7, 9], {
    kernel: [2, 2],
    stride: [2, 2],
  }),
  "overlapping windows, padding along one axis": OVERLAPPING,
  "3×5 kernel, stride 2×3, padding 1×2": pool2dShape(5, 1, [10, 17], {
    kernel: [3, 5],
    stride: [2, 3],
    padding: [1, 2],
  }),
  "stride larger than the kernel": pool2dShape(2, 3, [11, 8], {
    kernel: [2, 1],
    stride: [3, 2],
  }),
  "dilation 2×3": pool2dShape(2, 3, [9, 11], {
    kernel: [3, 2],
    padding: [1, 1],
    dilation: [2, 3],
  }),
  "one pixel": pool2dShape(1, 1, [1, 1], { kernel: [1, 1] }),
  "kernel larger than the image": pool2dShape(3, 2, [2, 3], {
    kernel: [4, 5],
    padding: [2, 2],
  }),
  "the whole image": pool2dShape(2, 5, [13, 6], { kernel: [13, 6] }),
};

/** Every kernel of the max pooling on every shape, and its special values. */
export const maxPool2dCases: readonly KernelCase[] = [
  ...Object.entries(SHAPES).flatMap(([name, shape]): KernelCase[] => [
    {
      name: `maxPool2dForward: ${name}`,
      run: (harness) => forward(harness, shape, random(size(shape), 1)),
    },
    {
      name: `maxPool2dForward, below 0: ${name}`,
      run: (harness) =>
        forward(
          harness,
          shape,
          random(size(shape), 2).map((value) => -1 - Math.abs(value)),
        ),
    },
    {
      name: `maxPool2dForward, the first of equals: ${name}`,
      run: (harness) => {
        const x = randomIntegers(size(shape), 3, 3);
        forward(harness, shape, Float64Array.from(x));
      },
    },
    {
      name: `maxPool2dGradient: ${name}`,
      run: (harness) => gradient(harness, shape),
    },
  ]),
  {
    name: "maxPool2dForward: −∞ everywhere",
    run: (harness) => {
      const x = new Float64Array(size(OVERLAPPING)).fill(-Infinity);
      forward(harness, OVERLAPPING, x);
    },
  },
  {
    name: "maxPool2dForward: NaN above all, ∞ too",
    run: (harness) => {
      const x = random(size(OVERLAPPING), 4);
      x[0] = x[30] = x[70] = NaN;
      x[1] =
        x[29] =
        x[71] =
        x[100] =
          Infinity;
      forward(harness, OVERLAPPING, x);
    },
  },
  {
    name: "maxPool2dForward: the last of several NaN",
    run: (harness) => {
      const x = new Float64Array(size(OVERLAPPING)).fill(NaN);
      forward(harness, OVERLAPPING, x);
    },
  },
];

function forward(
  harness: KernelHarness,
  shape: Pool2dShape,
  x: Float64Array,
): void {
  const expected = reference.maxPool2dForward(x.map(Math.fround), shape);
  const output = harness.output(expected.output.length);
  const indices = harness.i32Output(expected.output.length);
  harness.kernels.maxPool2dForward(harness.f32(x), output, indices, shape);
  harness.expectEqual(output, expected.output);
  harness.expectEqual(indices, expected.indices, "indices");
}

function gradient(harness: KernelHarness, shape: Pool2dShape): void {
  const x = random(size(shape), 5);
  const { output, indices } = reference.maxPool2dForward(x, shape);
  const gradOutput = random(output.length, 6);
  const gradX = harness.output(x.length);
  harness.kernels.maxPool2dGradient(
    harness.f32(gradOutput),
    harness.i32(indices),
    gradX,
    shape,
  );
  const expected = reference.maxPool2dGradient(gradOutput, indices, shape);
  harness.expectClose(gradX, expected, TOLERANCE);
}

function size(shape: Pool2dShape): number {
  return shape.batch * shape.channels * shape.inHeight * shape.inWidth;
}
