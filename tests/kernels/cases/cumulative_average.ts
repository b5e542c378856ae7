import { cumulativeAverage } from "../../../kernels/cumulative_average/cumulative_average.ts";
import { type KernelCase, lengths, random } from "./_harness.ts";

/** Worst measured: 6e-8 absolute. */
const TOLERANCE = { atol: 1e-6, rtol: 1e-6 };

/** The average of few values, and of many. */
export const cumulativeAverageCases: readonly KernelCase[] = lengths.flatMap(
  (length) =>
    [1, 2, 1000].map((count): KernelCase => ({
      name: `cumulativeAverage: value ${count} of ${length} elements`,
      run: (harness) => {
        const arrays = {
          value: random(length, 1),
          count: Int32Array.of(count),
          average: random(length, 2),
        };
        harness.check(cumulativeAverage, arrays, undefined, TOLERANCE);
      },
    })),
);
