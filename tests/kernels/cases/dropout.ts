import { dropoutForward } from "../../../kernels/dropout/dropout.ts";
import { pcg3d } from "../../../kernels/lib/pcg3d.ts";
import { type KernelCase, random } from "./_harness.ts";

/** One rounding. Worst measured: 7.9e-8 relative. */
const TOLERANCE = { atol: 0, rtol: 1e-6 };

/** Dropout on several draws, seeds and probabilities. */
export const dropoutCases: readonly KernelCase[] = [
  { length: 1, probability: 0.5, draws: 0, seed: 0 },
  { length: 1000, probability: 0, draws: 1, seed: 2 },
  { length: 1001, probability: 1, draws: 1, seed: 2 },
  { length: 70_001, probability: 0.25, draws: 0, seed: 42 },
  { length: 70_001, probability: 0.9, draws: 123_456, seed: -7 },
  { length: 999, probability: 0.5, draws: 2 ** 31 - 1, seed: -(2 ** 31) },
  { length: 1001, probability: 0.5, draws: 3, seed: 1, area: 77 },
  // The probability is one of the numbers that it is compared with.
  { length: 9, probability: pcg3d(4, 7, 1)[0] / 2 ** 32, draws: 7, seed: 1 },
  { length: 70_000, probability: 0.25, draws: 0, seed: 42, area: 4 },
].map(({ length, probability, draws, seed, area = 1 }) => ({
  name: `dropoutForward: ${length} elements at ${probability}, ` +
    `${area} together, draw ${draws}, seed ${seed}`,
  run: (harness) => {
    const operands = {
      x: random(length, 1),
      state: Int32Array.of(draws, seed),
      mask: new Float64Array(length),
      output: new Float64Array(length),
    };
    const tolerances = { output: TOLERANCE };
    const params = { probability, area };
    harness.check(dropoutForward, operands, params, tolerances);
  },
}));
