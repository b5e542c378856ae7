import {
  avgPool2dForward,
  avgPool2dGradient,
} from "../../../kernels/avg_pool2d/avg_pool2d.ts";
import { planesOf, type Pool2dShape } from "../../../kernels/lib/pool2d.ts";
import { pool2dShape } from "../../reference.ts";
import { type KernelCase, random } from "./_harness.ts";

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
  "the whole image": pool2dShape(2, 65, [13, 6], { kernel: [13, 6] }),
};

/** Every kernel of the average pooling, padding counted and not. */
export const avgPool2dCases: readonly KernelCase[] = Object.entries(SHAPES)
  .flatMap(([name, shape]) =>
    [true, false].flatMap((countIncludePad): KernelCase[] => {
      const padding = countIncludePad ? "padding counts" : "without padding";
      const full = { ...shape, countIncludePad };
      const { inHeight, inWidth, outHeight, outWidth } = shape;
      const inputs = planesOf(shape) * inHeight * inWidth;
      const outputs = planesOf(shape) * outHeight * outWidth;
      return [
        {
          name: `avgPool2dForward, ${padding}: ${name}`,
          run(harness) {
            const x = random(inputs, 1);
            const output = new Float64Array(outputs);
            harness.check(avgPool2dForward, { x, output }, full, TOLERANCE);
          },
        },
        {
          name: `avgPool2dGradient, ${padding}: ${name}`,
          run(harness) {
            const arrays = {
              gradOutput: random(outputs, 2),
              gradX: new Float64Array(inputs),
            };
            harness.check(avgPool2dGradient, arrays, full, TOLERANCE);
          },
        },
      ];
    })
  );
