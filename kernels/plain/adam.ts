/**
 * Adam, element by element: Kingma and Ba, "Adam: A Method for Stochastic
 * Optimization" (2015), with `eps` outside the corrected root, as PyTorch has
 * it.
 *
 * @module
 */

import { ADAM_GROUP, type AdamConstants } from "../shapes.ts";

/** `parameter *= 1 − learning rate · weightDecay`, in place. */
export function adamDecay(
  state: Float32Array,
  parameter: Float32Array,
  weightDecay: number,
): void {
  const factor = 1 - state[0] * weightDecay;
  for (let i = 0; i < parameter.length; i++) parameter[i] *= factor;
}

/**
 * Moves the parameter and its moments, in place, and counts the step. `state` is
 * learning rate, `1 − beta1ᵗ`, `1 − beta2ᵗ`, t, once for each group of elements;
 * the first learning rate counts.
 */
export function adamStep(
  gradient: Float32Array,
  state: Float32Array,
  parameter: Float32Array,
  expAvg: Float32Array,
  expAvgSq: Float32Array,
  options: AdamConstants,
): void {
  const { beta1, beta2, eps, weightDecay } = options;
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
      const deviation = Math.sqrt(expAvgSq[i]) / rootCorrection + eps;
      parameter[i] -= stepSize * expAvg[i] / deviation;
    }
  }
}
