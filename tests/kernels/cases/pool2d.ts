import type { Pool2dShape } from "../../../kernels/shapes.ts";
import * as reference from "../../reference.ts";
import { type KernelCase, type KernelHarness, random } from "./_harness.ts";

/** Sums of a few terms. Worst measured: 2.3e-7 absolute. */
const TOLERANCE = { atol: 1e-6, rtol: 1e-5 };

const { pool2dShape } = reference;

const SHAPES: Record<string, Pool2dShape> = {
  "the network's": pool2dShape(3, 2, [28, 14], {
    kernel: [2, 2],
    stride: [2, 2],
  }),
  "batch 1, pixels left over": pool2dShape(1, 3, [7, 10], {
    kernel: [2, 3],
    stride: [2, 3],
  }),
  "windows that overlap, padding": pool2dShape(3, 2, [9, 7], {
    kernel: [3, 4],
    stride: [2, 1],
    padding: [1, 2],
  }),
  "stride larger than the kernel": pool2dShape(5, 1, [11, 8], {
    kernel: [1, 2],
    stride: [3, 4],
  }),
  "one pixel": pool2dShape(1, 1, [1, 1], { kernel: [1, 1] }),
};

const DILATED = pool2dShape(2, 3, [11, 12], {
  kernel: [3, 2],
  stride: [2, 3],
  padding: [1, 1],
  dilation: [2, 3],
});

function inSize({ batch, channels, inHeight, inWidth }: Pool2dShape): number {
  return batch * channels * inHeight * inWidth;
}

function maxPool(
  harness: KernelHarness,
  shape: Pool2dShape,
  x: Float64Array,
): void {
  const { kernels } = harness;
  const expected = reference.maxPool2dForward(x, shape);
  const { length } = expected.output;
  const output = harness.output(length), indices = harness.i32Output(length);
  kernels.maxPool2dForward(harness.f32(x), output, indices, shape);
  harness.expectEqual(output, expected.output);
  harness.expectEqual(indices, expected.indices);
  const gradient = random(length, 2);
  const gradX = harness.output(x.length);
  const given = harness.i32(expected.indices);
  kernels.maxPool2dGradient(harness.f32(gradient), given, gradX, shape);
  harness.expectClose(
    gradX,
    reference.maxPool2dGradient(gradient, expected.indices, shape),
    TOLERANCE,
  );
}

function avgPool(
  harness: KernelHarness,
  pool: Pool2dShape,
  countIncludePad: boolean,
): void {
  const { kernels } = harness;
  const shape = { ...pool, countIncludePad };
  const x = random(inSize(shape), 1);
  const expected = reference.avgPool2dForward(x, shape);
  const output = harness.output(expected.length);
  kernels.avgPool2dForward(harness.f32(x), output, shape);
  harness.expectClose(output, expected, TOLERANCE);
  const gradient = random(expected.length, 2);
  const gradX = harness.output(x.length);
  kernels.avgPool2dGradient(harness.f32(gradient), gradX, shape);
  const byX = reference.avgPool2dGradient(gradient, shape);
  harness.expectClose(gradX, byX, TOLERANCE);
}

/** Both poolings. */
export const pool2dCases: readonly KernelCase[] = [
  ...Object.entries(SHAPES).flatMap(([name, shape]): KernelCase[] => [
    {
      name: `maxPool2d: ${name}`,
      run: (harness) => maxPool(harness, shape, random(inSize(shape), 1)),
    },
    {
      name: `maxPool2d with ties: ${name}`,
      run: (harness) => {
        const x = random(inSize(shape), 3).map((value) => Math.round(value));
        maxPool(harness, shape, x);
      },
    },
    ...[true, false].map((counted): KernelCase => ({
      name: `avgPool2d, padding ${counted ? "counted" : "left out"}: ${name}`,
      run: (harness) => avgPool(harness, shape, counted),
    })),
  ]),
  {
    name: "maxPool2d: dilation 2×3",
    run: (harness) => maxPool(harness, DILATED, random(inSize(DILATED), 1)),
  },
  {
    name: "maxPool2d: NaN and infinities",
    run: (harness) => {
      const x = Float64Array.of(
        ...[NaN, 1, -Infinity, -Infinity],
        ...[2, NaN, -Infinity, -Infinity],
        ...[Infinity, 3, NaN, NaN],
        ...[4, 5, 6, Infinity],
      );
      const size = { kernel: [2, 2], stride: [2, 2] } as const;
      maxPool(harness, pool2dShape(1, 1, [4, 4], { ...size }), x);
    },
  },
];
