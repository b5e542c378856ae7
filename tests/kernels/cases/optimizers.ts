import { ADAM_GROUP, type AdamConstants } from "../../../kernels/shapes.ts";
import * as reference from "../../reference.ts";
import { type KernelCase, type KernelHarness, random } from "./_harness.ts";

/** After three steps. Worst measured: 2.2e-7 absolute. */
const TOLERANCE = { atol: 1e-6, rtol: 1e-5 };
const STEPS = 3;

const ADAM: AdamConstants = {
  beta1: 0.9,
  beta2: 0.999,
  eps: 1e-8,
  weightDecay: 0,
};

const adamCases = [
  { name: "one element", length: 1, options: ADAM },
  { name: "a group", length: ADAM_GROUP, options: ADAM },
  { name: "1001 elements", length: 1001, options: ADAM },
  {
    name: "weight decay, other constants",
    length: 67,
    options: { beta1: 0.8, beta2: 0.95, eps: 1e-3, weightDecay: 0.1 },
  },
].map(({ name, length, options }): KernelCase => ({
  name: `adamStep, ${STEPS} steps: ${name}`,
  run: (harness) => adam(harness, length, options),
}));

/** The optimizers, several steps each. */
export const optimizerCases: readonly KernelCase[] = [
  ...adamCases,
];

function adam(
  harness: KernelHarness,
  length: number,
  options: AdamConstants,
): void {
  const learningRate = Math.fround(0.01);
  const zeros = new Float64Array(length);
  let expected: reference.AdamState = {
    parameter: random(length, 1),
    expAvg: zeros,
    expAvgSq: zeros,
  };
  const groups = Math.ceil(length / ADAM_GROUP);
  // The learning rate of the first group is that of all.
  const others = new Array<number>(groups - 1).fill(77);
  const rates = [learningRate, ...others];
  const state = harness.f32(rates.flatMap((rate) => [rate, 0, 0, 0]));
  const parameter = harness.f32(expected.parameter);
  const expAvg = harness.f32(zeros);
  const expAvgSq = harness.f32(zeros);
  for (let step = 1; step <= STEPS; step++) {
    const gradient = gradientOf(length, step);
    harness.kernels.adamStep(
      harness.f32(gradient),
      state,
      parameter,
      expAvg,
      expAvgSq,
      options,
    );
    expected = reference.adamStep(
      expected,
      gradient,
      step,
      learningRate,
      options,
    );
  }
  const corrections = [options.beta1, options.beta2]
    .map((beta) => 1 - beta ** STEPS);
  const moved = rates.flatMap((rate) => [rate, ...corrections, STEPS]);
  harness.expectClose(state, moved, TOLERANCE, "state");
  harness.expectClose(parameter, expected.parameter, TOLERANCE, "parameter");
  harness.expectClose(expAvg, expected.expAvg, TOLERANCE, "expAvg");
  harness.expectClose(expAvgSq, expected.expAvgSq, TOLERANCE, "expAvgSq");
}

/** A gradient for each step, with an element that never has one. */
function gradientOf(length: number, step: number): Float64Array {
  return random(length, 10 + step).with(length - 1, 0);
}
