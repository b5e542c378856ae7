import {
  upsampleForward,
  upsampleGradient,
  upsampleTables,
} from "../../../kernels/upsample/upsample.ts";
import { type KernelCase, random } from "./_harness.ts";

/** Worst measured: 2.4e-7 absolute. */
const TOLERANCE = { atol: 2e-6, rtol: 1e-5 };

/** Planes, then size of the input, then size of the output. */
const SHAPES: [planes: number, input: string, output: string][] = [
  [1, "1×1", "1×1"],
  [3, "1×1", "4×3"],
  [2, "5×7", "10×14"],
  [65, "4×3", "7×8"],
  [2, "9×11", "4×5"],
  [1, "6×5", "6×13"],
];

const RESIZES = {
  nearest: { bilinear: false, alignCorners: false },
  bilinear: { bilinear: true, alignCorners: false },
  "bilinear between corners": { bilinear: true, alignCorners: true },
};

/** Both kernels of the resizing, in all its modes. */
export const upsampleCases: readonly KernelCase[] = SHAPES.flatMap(
  ([planes, input, output]) => {
    const [inHeight, inWidth] = input.split("×").map(Number);
    const [outHeight, outWidth] = output.split("×").map(Number);
    const inputs = planes * inHeight * inWidth;
    const outputs = planes * outHeight * outWidth;
    return Object.entries(RESIZES).flatMap(([mode, resize]): KernelCase[] => {
      const axis = (inSize: number, outSize: number) => ({
        inSize,
        outSize,
        scaleFactor: null,
      });
      const tables = upsampleTables(
        axis(inHeight, outHeight),
        axis(inWidth, outWidth),
        resize,
      );
      const { iterations, taps } = tables;
      const params = { ...resize, iterations };
      const shares = Float64Array.from(tables.shares);
      const name = `${planes} planes of ${input} to ${output}, ${mode}`;
      return [
        {
          name: `upsampleForward: ${name}`,
          run(harness) {
            const x = random(inputs, 1);
            const arrays = {
              x,
              taps,
              shares,
              output: new Float64Array(outputs),
            };
            const tolerance = resize.bilinear ? TOLERANCE : null;
            harness.check(upsampleForward, arrays, params, tolerance);
          },
        },
        {
          name: `upsampleGradient: ${name}`,
          run(harness) {
            const gradOutput = random(outputs, 2);
            const gradX = new Float64Array(inputs);
            const arrays = { gradOutput, taps, shares, gradX };
            harness.check(upsampleGradient, arrays, params, TOLERANCE);
          },
        },
      ];
    });
  },
);
