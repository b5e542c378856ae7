import { fill } from "../../../kernels/fill/fill.ts";
import { type KernelCase, lengths } from "./_harness.ts";

/** One value in every element. */
export const fillCases: readonly KernelCase[] = lengths.flatMap(
  (length): KernelCase[] => [
    ...[-2.5, NaN, -Infinity].map((value): KernelCase => ({
      name: `fill: ${length} elements of ${value}`,
      run: (harness) => {
        const output = new Float64Array(length);
        harness.check(fill, { output }, value);
      },
    })),
    {
      name: `fill: ${length} i32 elements`,
      run: (harness) => {
        const output = new Int32Array(length);
        harness.check(fill, { output }, -16_777_217);
      },
    },
  ],
);
