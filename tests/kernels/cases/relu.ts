import { reluKernels } from "../../../kernels/relu/relu.ts";
import { type KernelCase, random } from "./_harness.ts";

/** What f32 holds exactly, and what a comparison may stumble over. */
const special = Float64Array.from(
  [-Infinity, -1, -1e-30, -0, 0, 1e-30, 1, Infinity, NaN],
  Math.fround,
);

/** Every kernel of the rectified linear unit. */
export const reluCases: readonly KernelCase[] = [
  ...[random(1, 1), random(63, 1), random(10_001, 1), special].map((x) => ({
    name: `reluForward: ${x.length} elements`,
    run: (harness) => {
      const output = new Float64Array(x.length);
      harness.check(reluKernels.forward, { x, output }, undefined);
    },
  } satisfies KernelCase)),
  ...[random(1, 3), random(63, 3), random(10_001, 3), special].map((x) => ({
    name: `reluGradient: ${x.length} elements`,
    run: (harness) => {
      const gradOutput = random(x.length, 2);
      const output = x.map((value) => Math.max(value, 0));
      const gradX = new Float64Array(x.length);
      const operands = { gradOutput, x: null, output, gradX };
      harness.check(reluKernels.gradient, operands, undefined);
    },
  } satisfies KernelCase)),
];
