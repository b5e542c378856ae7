import {
  ADAM_GROUP,
  type AdamConstants,
  adamDecay,
  adamStep,
} from "../../../kernels/adam/adam.ts";
import { type KernelCase, random, rounded } from "./_harness.ts";

/** Worst measured after three steps: 2.2e-7 absolute. */
const TOLERANCE = { atol: 1e-6, rtol: 1e-5 };
const STEPS = 3;

const ADAM: AdamConstants = {
  beta1: 0.9,
  beta2: 0.999,
  eps: 1e-8,
  weightDecay: 0,
};

/** Adam, several steps each, and the decay of AdamW. */
export const adamCases: readonly KernelCase[] = [
  ...[
    { name: "one element", length: 1, constants: ADAM },
    { name: "a group", length: ADAM_GROUP, constants: ADAM },
    { name: "1001 elements", length: 1001, constants: ADAM },
    {
      name: "weight decay, other constants",
      length: 67,
      constants: { beta1: 0.8, beta2: 0.95, eps: 1e-3, weightDecay: 0.1 },
    },
  ].map(({ name, length, constants }): KernelCase => ({
    name: `adamStep, ${STEPS} steps: ${name}`,
    run: (harness) => {
      let moved: Record<
        "state" | "parameter" | "expAvg" | "expAvgSq",
        Float64Array
      > = {
        state: stateOf(length),
        parameter: random(length, 1),
        expAvg: new Float64Array(length),
        expAvgSq: new Float64Array(length),
      };
      for (let step = 1; step <= STEPS; step++) {
        // One element never has a gradient.
        const gradient = random(length, 10 + step).with(length - 1, 0);
        const operands = { gradient, ...moved };
        harness.check(adamStep, operands, constants, TOLERANCE);
        adamStep.reference(operands, constants);
        moved = {
          state: rounded(moved.state),
          parameter: rounded(moved.parameter),
          expAvg: rounded(moved.expAvg),
          expAvgSq: rounded(moved.expAvgSq),
        };
      }
    },
  })),
  ...[1, 67, 1001].map((length): KernelCase => ({
    name: `adamDecay: ${length} elements`,
    run: (harness) => {
      const operands = { state: stateOf(length), parameter: random(length, 1) };
      harness.check(adamDecay, operands, { weightDecay: 0.1 }, TOLERANCE);
    },
  })),
];

/** The state before the first step; the learning rate of the first group counts. */
function stateOf(length: number): Float64Array {
  const state = new Float64Array(4 * Math.ceil(length / ADAM_GROUP));
  for (let start = 0; start < state.length; start += 4) {
    state[start] = start === 0 ? Math.fround(0.01) : 77;
  }
  return state;
}
