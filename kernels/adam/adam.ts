import { dispatch, kernel, workgroupsFor } from "../kernel.ts";
import { elementwise } from "../lib/elementwise.ts";
import * as wgsl from "./adam.gen.ts";
import * as simd from "./simd.gen.ts";

/** Elements of a parameter that share a copy of Adam's counts. */
export const ADAM_GROUP = 256;

/** Adam's constants, as in PyTorch. */
export interface AdamConstants {
  /** Decay of the running mean of the gradient. */
  readonly beta1: number;
  /** Decay of the running mean of the squared gradient. */
  readonly beta2: number;
  /** Added to the root of the second moment. */
  readonly eps: number;
  /** L2 penalty: `weightDecay · parameter` is added to the gradient. */
  readonly weightDecay: number;
}

/**
 * One step of Adam (Kingma and Ba, "Adam: A Method for Stochastic Optimization",
 * 2015), with `eps` outside the corrected root, as PyTorch has it. Any shape.
 * With `maxExpAvgSq`, which is null otherwise, the largest second moment so far
 * takes the place of the present one: AMSGrad.
 *
 * `state` is learning rate, `1 − beta1ᵗ`, `1 − beta2ᵗ`, t, all but the first 0
 * before the first step, and that again for each further {@linkcode ADAM_GROUP}
 * elements of the parameter: a kernel cannot change what all of it reads, so
 * each group updates a copy of its own. All groups take the first one's learning
 * rate.
 *
 * The corrections are carried from step to step as
 * `c ← beta · c + (1 − beta)`: in f32 `1 − beta2ᵗ` itself loses four digits at
 * t = 1.
 */
export const adamStep = /* @__PURE__ */ kernel({
  name: "adamStep",
  operands: {
    gradient: "read",
    state: "update",
    parameter: "update",
    expAvg: "update",
    expAvgSq: "update",
    maxExpAvgSq: "update?",
  },
  reference(
    { expAvg, expAvgSq, gradient, maxExpAvgSq, parameter, state },
    { beta1, beta2, eps, weightDecay }: AdamConstants,
  ) {
    for (let start = 0; start < parameter.length; start += ADAM_GROUP) {
      const own = state.subarray(start / ADAM_GROUP * 4);
      own[1] = beta1 * own[1] + (1 - beta1);
      own[2] = beta2 * own[2] + (1 - beta2);
      own[3] += 1;
      const stepSize = state[0] / own[1];
      const rootCorrection = Math.sqrt(own[2]);
      const end = Math.min(start + ADAM_GROUP, parameter.length);
      for (let i = start; i < end; i++) {
        const slope = gradient[i] + weightDecay * parameter[i];
        expAvg[i] = beta1 * expAvg[i] + (1 - beta1) * slope;
        expAvgSq[i] = beta2 * expAvgSq[i] + (1 - beta2) * slope * slope;
        let square = expAvgSq[i];
        if (maxExpAvgSq !== null) {
          square = Math.max(maxExpAvgSq[i], square);
          maxExpAvgSq[i] = square;
        }
        const denominator = Math.sqrt(square) / rootCorrection + eps;
        parameter[i] -= stepSize * expAvg[i] / denominator;
      }
    }
  },
  webgpu(
    { expAvg, expAvgSq, gradient, maxExpAvgSq, parameter, state: states },
    { beta1, beta2, eps, weightDecay },
  ) {
    const bind = { gradient, states, parameter, expAvg, expAvgSq };
    const constants = {
      beta1,
      beta2,
      rest1: 1 - beta1,
      rest2: 1 - beta2,
      eps,
      weightDecay,
      workgroupSize: ADAM_GROUP,
    };
    const { length } = parameter.buffer;
    const workgroups = workgroupsFor(length, ADAM_GROUP);
    if (maxExpAvgSq === null && length % 4 === 0) {
      return [
        dispatch(wgsl.adamStepFours, {
          bind: {
            gradientFours: gradient,
            states,
            parameterFours: parameter,
            expAvgFours: expAvg,
            expAvgSqFours: expAvgSq,
          },
          constants: { ...constants, workgroupSize: ADAM_GROUP / 4 },
          workgroups,
        }),
      ];
    }
    if (maxExpAvgSq === null) {
      return [dispatch(wgsl.adamStep, { bind, constants, workgroups })];
    }
    return [
      dispatch(wgsl.amsgradStep, {
        bind: { ...bind, maxExpAvgSq },
        constants,
        workgroups,
      }),
    ];
  },
  wasm(operands, constants) {
    const { length } = operands.parameter.buffer;
    const { beta1, beta2 } = constants;
    const rests = { rest1: 1 - beta1, rest2: 1 - beta2 };
    const args = { ...operands, length, ...constants, ...rests };
    return [simd.adamStep(args, { work: length * 4 })];
  },
});

/**
 * The decay of AdamW, before its step: `parameter *= 1 − learning rate ·
 * weightDecay`, where the learning rate is the first element of `state`, as
 * {@linkcode adamStep} has it.
 */
export const adamDecay = /* @__PURE__ */ kernel({
  name: "adamDecay",
  operands: { state: "read", parameter: "update" },
  reference(
    { parameter, state },
    { weightDecay }: Pick<AdamConstants, "weightDecay">,
  ) {
    const factor = 1 - state[0] * weightDecay;
    for (let i = 0; i < parameter.length; i++) parameter[i] *= factor;
  },
  webgpu: ({ parameter, state }, { weightDecay }) => [
    elementwise(
      wgsl.adamDecay,
      parameter.buffer.length,
      { state, decaying: parameter },
      { weightDecay },
    ),
  ],
});
