import type { Pool2dShape } from "../../../kernels/lib/pool2d.ts";
import type { AvgPool2dShape } from "../../../kernels/shapes.ts";
import * as reference from "../../reference.ts";
import { type KernelCase, type KernelHarness, random } from "./_harness.ts";

const { pool2dShape } = reference;

/** Worst measured: 6.1e-8 absolute. */
const TOLERANCE = { atol: 1e-6, rtol: 1e-5 };

const SHAPES: Record<string, Pool2dShape> = {
  "2×2 windows": pool2dShape(3, 5, [14, 12], {
    kernel: [2, 2],
    stride: [2, 2],
  }),
  "overlapping windows, padding along one axis": pool2dShape(
    3,
    2,
    [7, 9],
    { kernel: [3, 2], padding: [1, 0] },
  ),
  "3×5 kernel, stride 2×3, padding 1×2": pool2dShape(1, 3, [10, 17], {
    kernel: [3, 5],
    stride: [2, 3],
    padding: [1, 2],
  }),
  "stride larger than the kernel": pool2dShape(2, 3, [11, 8], {
    kernel: [2, 1],
    stride: [3, 2],
  }),
  "kernel larger than the image": pool2dShape(3, 2, [2, 3], {
    kernel: [4, 5],
    padding: [2, 2],
  }),
  "one pixel": pool2dShape(1, 1, [1, 1], { kernel: [1, 1] }),
  "the whole image": pool2dShape(2, 65, [13, 6], { kernel: [13, 6] }),
};

/** Every kernel of the average pooling, padding counted and not. */
export const avgPool2dCases: readonly KernelCase[] = Object.entries(SHAPES)
  .flatMap(([name, shape]) =>
    [true, false].flatMap((countIncludePad): KernelCase[] => {
      const padding = countIncludePad ? "padding counts" : "without padding";
      const full = { ...shape, countIncludePad };
      return [
        {
          name: `avgPool2dForward, ${padding}: ${name}`,
          run: (harness) => forward(harness, full),
        },
        {
          name: `avgPool2dGradient, ${padding}: ${name}`,
          run: (harness) => gradient(harness, full),
        },
      ];
    })
  );

function forward(harness: KernelHarness, shape: AvgPool2dShape): void {
  const x = random(planes(shape) * shape.inHeight * shape.inWidth, 1);
  const output = harness.output(
    planes(shape) * shape.outHeight * shape.outWidth,
  );
  harness.kernels.avgPool2dForward(harness.f32(x), output, shape);
  const expected = reference.avgPool2dForward(x, shape);
  harness.expectClose(output, expected, TOLERANCE);
}

function gradient(harness: KernelHarness, shape: AvgPool2dShape): void {
  const gradOutput = random(
    planes(shape) * shape.outHeight * shape.outWidth,
    2,
  );
  const gradX = harness.output(planes(shape) * shape.inHeight * shape.inWidth);
  harness.kernels.avgPool2dGradient(harness.f32(gradOutput), gradX, shape);
  const expected = reference.avgPool2dGradient(gradOutput, shape);
  harness.expectClose(gradX, expected, TOLERANCE);
}

function planes(shape: Pool2dShape): number {
  return shape.batch * shape.channels;
}
