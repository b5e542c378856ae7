import * as reference from "../../reference.ts";
import { type KernelCase, type KernelHarness, random } from "./_harness.ts";

/** Five steps. Worst measured: 3e-7 absolute. */
const TOLERANCE = { atol: 2e-6, rtol: 1e-5 };

function sgd(
  harness: KernelHarness,
  length: number,
  options: { momentum: number; nesterov: boolean; weightDecay: number },
): void {
  let state: reference.SgdState = {
    parameter: random(length, 1),
    momentumBuffer: new Float64Array(length),
  };
  const parameter = harness.f32(state.parameter);
  const momentum = options.momentum === 0
    ? null
    : harness.f32(state.momentumBuffer);
  const rate = harness.f32([0.125]);
  for (let step = 1; step <= 4; step++) {
    const gradient = random(length, 10 + step);
    state = reference.sgdStep(state, gradient, 0.125, options);
    const given = harness.f32(gradient);
    harness.kernels.sgdStep(given, rate, parameter, momentum, options);
  }
  harness.expectClose(parameter, state.parameter, TOLERANCE);
  if (momentum === null) return;
  harness.expectClose(momentum, state.momentumBuffer, TOLERANCE);
}

function adam(
  harness: KernelHarness,
  length: number,
  weightDecay: number,
): void {
  const { kernels } = harness;
  const options = { beta1: 0.8, beta2: 0.99, eps: 1e-3, weightDecay };
  let state: reference.AdamState = {
    parameter: random(length, 1),
    expAvg: new Float64Array(length),
    expAvgSq: new Float64Array(length),
  };
  const parameter = harness.f32(state.parameter);
  const expAvg = harness.f32(state.expAvg);
  const expAvgSq = harness.f32(state.expAvgSq);
  const schedule = harness.f32([0.125, 0, 0, 0]);
  for (let step = 1; step <= 5; step++) {
    const gradient = random(length, 20 + step);
    state = reference.adamStep(state, gradient, step, 0.125, options);
    kernels.adamAdvance(schedule, options);
    const given = harness.f32(gradient);
    kernels.adamStep(given, schedule, parameter, expAvg, expAvgSq, options);
  }
  harness.expectClose(parameter, state.parameter, TOLERANCE);
  harness.expectClose(expAvg, state.expAvg, TOLERANCE);
  harness.expectClose(expAvgSq, state.expAvgSq, TOLERANCE);
  const corrections = [0.125, 1 - 0.8 ** 5, 1 - 0.99 ** 5, 5];
  harness.expectClose(schedule, corrections, TOLERANCE);
}

const MOMENTA = [
  { momentum: 0, nesterov: false },
  { momentum: 0.9, nesterov: false },
  { momentum: 0.9, nesterov: true },
];

/** Several steps of each optimizer, in place. */
export const optimizerCases: readonly KernelCase[] = [1, 257, 1000].flatMap(
  (length) =>
    [0, 0.1].flatMap((weightDecay): KernelCase[] => [
      {
        name: `adam: ${length} elements, weight decay ${weightDecay}`,
        run: (harness) => adam(harness, length, weightDecay),
      },
      ...MOMENTA.map((momentum): KernelCase => ({
        name: `sgd: ${length} elements, weight decay ${weightDecay}, ` +
          `momentum ${momentum.momentum}, nesterov ${momentum.nesterov}`,
        run: (harness) => sgd(harness, length, { ...momentum, weightDecay }),
      })),
    ]),
);
