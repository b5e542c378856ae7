import * as reference from "../../reference.ts";
import { type KernelCase, random } from "./_harness.ts";

/** What f32 holds exactly, and what a comparison may stumble over. */
const SPECIAL = [-Infinity, -1, -1e-30, -0, 0, 1e-30, 1, Infinity, NaN]
  .map(Math.fround);

/** Every kernel of the rectified linear unit. */
export const reluCases: readonly KernelCase[] = [
  ...[1, 63, 10_001].map((length): KernelCase => ({
    name: `reluForward: ${length} elements`,
    run: (harness) => {
      const x = random(length, 1);
      const output = harness.output(length);
      harness.kernels.reluForward(harness.f32(x), output);
      harness.expectEqual(output, reference.reluForward(x));
    },
  })),
  ...[1, 63, 10_001].map((length): KernelCase => ({
    name: `reluGradient: ${length} elements`,
    run: (harness) => {
      const gradOutput = random(length, 2);
      const output = reference.reluForward(random(length, 3));
      const gradX = harness.output(length);
      harness.kernels.reluGradient(
        harness.f32(gradOutput),
        harness.f32(output),
        gradX,
      );
      harness.expectEqual(gradX, reference.reluGradient(gradOutput, output));
    },
  })),
  {
    name: "reluGradient: infinities, zeros, NaN",
    run: (harness) => {
      const gradOutput = random(SPECIAL.length, 4);
      const output = reference.reluForward(Float64Array.from(SPECIAL));
      const gradX = harness.output(SPECIAL.length);
      harness.kernels.reluGradient(
        harness.f32(gradOutput),
        harness.f32(output),
        gradX,
      );
      harness.expectEqual(gradX, reference.reluGradient(gradOutput, output));
    },
  },
  {
    name: "reluForward: infinities, zeros, NaN",
    run: (harness) => {
      const output = harness.output(SPECIAL.length);
      harness.kernels.reluForward(harness.f32(SPECIAL), output);
      const expected = SPECIAL.map((value) => Math.max(value, 0));
      harness.expectEqual(output, expected);
    },
  },
];
