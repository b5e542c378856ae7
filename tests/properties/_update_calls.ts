import * as fc from "npm:fast-check@4.11.0";
import { accumulate } from "../../kernels/accumulate/accumulate.ts";
import { adadeltaStep } from "../../kernels/adadelta/adadelta.ts";
import { ADAM_GROUP, adamDecay, adamStep } from "../../kernels/adam/adam.ts";
import {
  clipByNorm,
  normOfSquares,
  sumOfSquares,
} from "../../kernels/clip_norm/clip_norm.ts";
import { cumulativeAverage } from "../../kernels/cumulative_average/cumulative_average.ts";
import { EMA_GROUP, emaUpdate, swap } from "../../kernels/ema/ema.ts";
import { rmspropStep } from "../../kernels/rmsprop/rmsprop.ts";
import { sgdStep } from "../../kernels/sgd/sgd.ts";
import { random, rounded, zeros } from "../kernels/cases/_harness.ts";
import {
  between,
  calls,
  from,
  type KernelCalls,
  lengths,
  orNone,
  seed,
} from "./_draws.ts";

/** As in the cases of the kernels; three steps at most. */
const TOLERANCE = { atol: 1e-6, rtol: 1e-5 };
const LOOSE_SUM = { atol: 0, rtol: 1e-6 };

const steps = from(1, 3);
const eps = fc.constantFrom(1e-8, 1e-6, 1e-3);
const weightDecay = orNone(0.001, 0.3);
const learningRate = between(1e-4, 0.5);

/** The gradient of a step; one element never has one. */
function gradientOf(length: number, seed: number, step: number): Float64Array {
  return random(length, seed + step).with(seed % length, 0);
}

/** Arrays after a step, as f32 holds them; null stays null. */
function after<State extends Record<string, Float64Array | null>>(
  state: State,
): State {
  const entries = Object.entries(state)
    .map(([name, values]) => [name, values && rounded(values)]);
  return Object.fromEntries(entries);
}

const sgd = calls("sgdStep", {
  ...{ dampening: orNone(0.1, 0.9), learningRate, length: lengths },
  ...{ momentum: orNone(0.1, 0.99), nesterov: fc.boolean(), seed, steps },
  weightDecay,
}, (harness, { learningRate, length, seed, steps, ...constants }) => {
  let moved = {
    parameter: random(length, seed),
    momentumBuffer: constants.momentum === 0 ? null : zeros(length),
  };
  for (let step = 1; step <= steps; step++) {
    const operands = {
      gradient: gradientOf(length, seed, step),
      learningRate: Float64Array.of(learningRate),
    };
    harness.check(sgdStep, { ...operands, ...moved }, constants, TOLERANCE);
    sgdStep.reference({ ...operands, ...moved }, constants);
    moved = after(moved);
  }
});

const adam = calls("adamStep", {
  ...{ amsgrad: fc.boolean(), beta1: between(0.5, 0.95), eps, learningRate },
  ...{ beta2: between(0.9, 0.9995), length: lengths, seed, steps, weightDecay },
}, (harness, { amsgrad, learningRate, length, seed, steps, ...constants }) => {
  let moved = {
    state: adamState(length, learningRate),
    parameter: random(length, seed),
    expAvg: zeros(length),
    expAvgSq: zeros(length),
    maxExpAvgSq: amsgrad ? zeros(length) : null,
  };
  for (let step = 1; step <= steps; step++) {
    const gradient = gradientOf(length, seed, step)
      // Smaller and smaller: the largest second moment is not the last one.
      .map((value) => amsgrad ? Math.fround(value / 8 ** step) : value);
    harness.check(adamStep, { gradient, ...moved }, constants, TOLERANCE);
    adamStep.reference({ gradient, ...moved }, constants);
    moved = after(moved);
  }
});

/** Before the first step; the learning rate of the first group counts. */
function adamState(length: number, learningRate: number): Float64Array {
  const groups = Math.ceil(length / ADAM_GROUP);
  return Float64Array.from(
    { length: 4 * groups },
    (_, at) => at === 0 ? learningRate : at % 4 === 0 ? 77 : 0,
  );
}

const decay = calls(
  "adamDecay",
  { learningRate, length: lengths, seed, weightDecay },
  (harness, { learningRate, length, seed, weightDecay }) => {
    const state = adamState(length, learningRate);
    const operands = { state, parameter: random(length, seed) };
    harness.check(adamDecay, operands, { weightDecay }, TOLERANCE);
  },
);

const rmsprop = calls("rmspropStep", {
  ...{ alpha: between(0.5, 0.99), centered: fc.boolean(), eps, learningRate },
  ...{ length: lengths, momentum: orNone(0.1, 0.99), seed, steps, weightDecay },
}, (harness, { centered, learningRate, length, seed, steps, ...constants }) => {
  let moved = {
    parameter: random(length, seed),
    squareAvg: zeros(length),
    gradAvg: centered ? zeros(length) : null,
    momentumBuffer: constants.momentum === 0 ? null : zeros(length),
  };
  for (let step = 1; step <= steps; step++) {
    const operands = {
      gradient: gradientOf(length, seed, step),
      learningRate: Float64Array.of(learningRate),
    };
    harness.check(rmspropStep, { ...operands, ...moved }, constants, TOLERANCE);
    rmspropStep.reference({ ...operands, ...moved }, constants);
    moved = after(moved);
  }
});

const adadelta = calls("adadeltaStep", {
  ...{ eps: fc.constantFrom(1e-6, 1e-3), learningRate: between(0.1, 1) },
  ...{ length: lengths, rho: between(0.5, 0.99), seed, steps, weightDecay },
}, (harness, { learningRate, length, seed, steps, ...constants }) => {
  let moved = {
    parameter: random(length, seed),
    squareAvg: zeros(length),
    accDelta: zeros(length),
  };
  for (let step = 1; step <= steps; step++) {
    const operands = {
      gradient: gradientOf(length, seed, step),
      learningRate: Float64Array.of(learningRate),
    };
    harness.check(
      adadeltaStep,
      { ...operands, ...moved },
      constants,
      TOLERANCE,
    );
    adadeltaStep.reference({ ...operands, ...moved }, constants);
    moved = after(moved);
  }
});

/** Random calls of what optimizers run, by the names of the kernels. */
export const updateCalls: Readonly<Record<string, KernelCalls>> = {
  accumulate: calls(
    "accumulate",
    { length: lengths, seed },
    (harness, { length, seed }) => {
      const source = random(length, seed);
      // In f32, so that the reference rounds as a device does.
      const destination = Float32Array.from(random(length, seed + 1));
      harness.check(accumulate, { source, destination }, undefined);
    },
  ),
  adadeltaStep: adadelta,
  adamDecay: decay,
  adamStep: adam,
  clipByNorm: calls(
    "clipByNorm",
    {
      ...{ length: lengths, maxNorm: orNone(0.01, 10), seed },
      norm: fc.oneof(between(0, 10), fc.constantFrom(0, 1e-20, 1e20)),
    },
    (harness, { length, maxNorm, norm, seed }) => {
      const operands = {
        norm: Float64Array.of(Math.fround(norm)),
        gradient: random(length, seed),
      };
      harness.check(clipByNorm, operands, { maxNorm }, TOLERANCE);
    },
  ),
  cumulativeAverage: calls(
    "cumulativeAverage",
    { count: from(1, 5000), length: lengths, seed },
    (harness, { count, length, seed }) => {
      const operands = {
        value: random(length, seed),
        count: Int32Array.of(count),
        average: random(length, seed + 1),
      };
      harness.check(cumulativeAverage, operands, undefined, TOLERANCE);
    },
  ),
  emaUpdate: calls(
    "emaUpdate",
    {
      ...{ decay: orNone(0.5, 0.9999), length: lengths, seed },
      weight: fc.oneof(fc.constant(1), between(0, 1)),
    },
    (harness, { decay, length, seed, weight }) => {
      const operands = {
        value: random(length, seed),
        weights: zeros(Math.ceil(length / EMA_GROUP)).fill(weight),
        average: random(length, seed + 1),
      };
      harness.check(emaUpdate, operands, { decay }, TOLERANCE);
    },
  ),
  normOfSquares: calls(
    "normOfSquares",
    { squares: fc.oneof(between(0, 100), between(0, 1e30)) },
    (harness, { squares }) => {
      const operands = { norm: Float64Array.of(squares) };
      harness.check(normOfSquares, operands, undefined, LOOSE_SUM);
    },
  ),
  rmspropStep: rmsprop,
  sgdStep: sgd,
  sumOfSquares: calls(
    "sumOfSquares",
    { length: fc.oneof(lengths, from(1, 20_000)), seed },
    (harness, { length, seed }) => {
      const operands = { x: random(length, seed), output: zeros(1) };
      harness.check(sumOfSquares, operands, undefined, LOOSE_SUM);
    },
  ),
  swap: calls(
    "swap",
    { length: lengths, seed },
    (harness, { length, seed }) => {
      const operands = { a: random(length, seed), b: random(length, seed + 1) };
      harness.check(swap, operands, undefined);
    },
  ),
};
