import {
  ADAM_GROUP,
  type AdamConstants,
  adamDecay,
  adamStep,
} from "../../../kernels/adam/adam.ts";
import { type KernelCase, random, rounded, zeros } from "./_harness.ts";

interface Case {
  name: string;
  length: number;
  constants: AdamConstants;
  amsgrad?: boolean;
}

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
  ...([
    { name: "one element", length: 1, constants: ADAM },
    { name: "a group", length: ADAM_GROUP, constants: ADAM },
    { name: "1001 elements", length: 1001, constants: ADAM },
    {
      name: "1000 elements, weight decay",
      length: 1000,
      constants: { ...ADAM, weightDecay: 0.1 },
    },
    { name: "AMSGrad", length: 259, constants: ADAM, amsgrad: true },
    {
      name: "AMSGrad with weight decay",
      length: 259,
      constants: { ...ADAM, weightDecay: 0.1 },
      amsgrad: true,
    },
    {
      name: "weight decay, other constants",
      length: 67,
      constants: { beta1: 0.8, beta2: 0.95, eps: 1e-3, weightDecay: 0.1 },
    },
  ] as Case[]).map((
    { name, length, constants, amsgrad = false },
  ): KernelCase => ({
    name: `adamStep, ${STEPS} steps: ${name}`,
    run: (harness) => {
      let moved = {
        state: stateOf(length),
        parameter: random(length, 1),
        expAvg: zeros(length),
        expAvgSq: zeros(length),
        maxExpAvgSq: amsgrad ? zeros(length) : null,
      };
      for (let step = 1; step <= STEPS; step++) {
        // One element never has a gradient.
        const gradient = random(length, 10 + step).with(length - 1, 0)
          // Smaller and smaller: the largest second moment is not the last one.
          .map((value) => amsgrad ? Math.fround(value / 8 ** step) : value);
        const operands = { gradient, ...moved };
        harness.check(adamStep, operands, constants, TOLERANCE);
        adamStep.reference(operands, constants);
        moved = {
          state: rounded(moved.state),
          parameter: rounded(moved.parameter),
          expAvg: rounded(moved.expAvg),
          expAvgSq: rounded(moved.expAvgSq),
          maxExpAvgSq: moved.maxExpAvgSq && rounded(moved.maxExpAvgSq),
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
