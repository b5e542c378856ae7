import {
  adaptiveAvgPool2dForward,
  adaptiveAvgPool2dGradient,
  type AdaptivePoolShape,
} from "../../../kernels/adaptive_avg_pool2d/adaptive_avg_pool2d.ts";
import { type KernelCase, random } from "./_harness.ts";

/** Worst measured: 1.2e-7 absolute. */
const TOLERANCE = { atol: 1e-6, rtol: 1e-5 };

/** Planes, then size of the input, then size of the output. */
const SHAPES: [planes: number, input: string, output: string][] = [
  [1, "1×1", "1×1"],
  [3, "7×5", "1×1"],
  [2, "5×7", "3×4"],
  [5, "3×2", "7×5"],
  [2, "13×11", "6×11"],
  [70, "9×4", "2×3"],
  // Windows of which index times size is more than 32 bits hold, both ways.
  [1, "1×70000", "1×65001"],
  [1, "65001×1", "70000×1"],
];

/** Both kernels of the adaptive average pooling. */
export const adaptiveAvgPool2dCases: readonly KernelCase[] = SHAPES.flatMap(
  ([planes, input, output]): KernelCase[] => {
    const [inHeight, inWidth] = input.split("×").map(Number);
    const [outHeight, outWidth] = output.split("×").map(Number);
    const shape: AdaptivePoolShape = {
      planes,
      inHeight,
      inWidth,
      outHeight,
      outWidth,
    };
    const inputs = planes * inHeight * inWidth;
    const outputs = planes * outHeight * outWidth;
    const name = `${planes} planes of ${input} to ${output}`;
    return [
      {
        name: `adaptiveAvgPool2dForward: ${name}`,
        run(harness) {
          const arrays = {
            x: random(inputs, 1),
            output: new Float64Array(outputs),
          };
          harness.check(adaptiveAvgPool2dForward, arrays, shape, TOLERANCE);
        },
      },
      {
        name: `adaptiveAvgPool2dGradient: ${name}`,
        run(harness) {
          const arrays = {
            gradOutput: random(outputs, 2),
            gradX: new Float64Array(inputs),
          };
          harness.check(adaptiveAvgPool2dGradient, arrays, shape, TOLERANCE);
        },
      },
    ];
  },
);
