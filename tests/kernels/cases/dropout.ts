import * as reference from "../../reference.ts";
import { type KernelCase, random, rounded } from "./_harness.ts";

/** One rounding. Worst measured: 8e-8 relative. */
const TOLERANCE = { atol: 1e-7, rtol: 1e-6 };

/** Dropout draws the same elements on every device. */
export const dropoutCases: readonly KernelCase[] = [1, 257, 1000].flatMap(
  (length) =>
    [0, 0.3, 0.9].map((probability): KernelCase => ({
      name: `dropout: ${length} elements, probability ${probability}`,
      run: (harness) => {
        const x = random(length, 1);
        const expected = reference.dropoutMask(length, 4, -9, probability);
        const mask = harness.output(length), output = harness.output(length);
        const state = harness.i32([4, -9]);
        const { kernels } = harness;
        kernels.dropoutForward(
          harness.f32(x),
          state,
          mask,
          output,
          probability,
        );
        harness.expectEqual(mask, rounded(expected));
        harness.expectClose(output, reference.dropout(x, expected), TOLERANCE);
      },
    })),
);
