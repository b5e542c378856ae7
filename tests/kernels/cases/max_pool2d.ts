import { planesOf, type Pool2dShape } from "../../../kernels/lib/pool2d.ts";
import {
  maxPool2dForward,
  maxPool2dGradient,
} from "../../../kernels/max_pool2d/max_pool2d.ts";
import * as reference from "../../reference.ts";
import {
  type KernelCase,
  type KernelHarness,
  random,
  randomIntegers,
  rounded,
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
  "halves rounded up": pool2dShape(2, 3, [7, 9], {
    kernel: [2, 2],
    stride: [2, 2],
    ceilMode: true,
  }),
  "rounded up, padding 1": pool2dShape(2, 2, [8, 6], {
    kernel: [3, 3],
    stride: [2, 2],
    padding: [1, 1],
    ceilMode: true,
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
  const length = outputLength(shape);
  harness.check(maxPool2dForward, {
    x: rounded(x),
    output: new Float64Array(length),
    indices: new Int32Array(length),
  }, shape);
}

function gradient(harness: KernelHarness, shape: Pool2dShape): void {
  const length = outputLength(shape);
  const { indices } = reference.runReference(maxPool2dForward, {
    x: random(size(shape), 5),
    output: new Float64Array(length),
    indices: new Int32Array(length),
  }, shape);
  harness.check(
    maxPool2dGradient,
    {
      gradOutput: random(length, 6),
      indices,
      gradX: new Float64Array(size(shape)),
    },
    shape,
    TOLERANCE,
  );
}

function size(shape: Pool2dShape): number {
  return planesOf(shape) * shape.inHeight * shape.inWidth;
}

function outputLength(shape: Pool2dShape): number {
  return planesOf(shape) * shape.outHeight * shape.outWidth;
}
