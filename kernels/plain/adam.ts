/**
 * Adam, element by element: Kingma and Ba, "Adam: A Method for Stochastic
 * Optimization" (2015), with `eps` outside the corrected root, as PyTorch has
 * it.
 *
 * @module
 */

import type { AdamConstants } from "../shapes.ts";

/**
 * Counts a step. `state` is learning rate, `1 − beta1ᵗ`, `1 − beta2ᵗ`, t.
 */
export function adamAdvance(state: Float32Array, options: AdamConstants): void {
  const { beta1, beta2 } = options;
  state[1] = beta1 * state[1] + (1 - beta1);
  state[2] = beta2 * state[2] + (1 - beta2);
  state[3] += 1;
}

/** `parameter *= 1 − learning rate · weightDecay`, in place. */
export function adamDecay(
  state: Float32Array,
  parameter: Float32Array,
  weightDecay: number,
): void {
  const factor = 1 - state[0] * weightDecay;
  for (let i = 0; i < parameter.length; i++) parameter[i] *= factor;
}

/** Moves the parameter and its moments, in place. */
export function adamStep(
  gradient: Float32Array,
  state: Float32Array,
  parameter: Float32Array,
  expAvg: Float32Array,
  expAvgSq: Float32Array,
  options: AdamConstants,
): void {
  const { beta1, beta2, eps, weightDecay } = options;
  const stepSize = state[0] / state[1];
  const rootCorrection = Math.sqrt(state[2]);
  for (let i = 0; i < parameter.length; i++) {
    const slope = gradient[i] + weightDecay * parameter[i];
    expAvg[i] = beta1 * expAvg[i] + (1 - beta1) * slope;
    expAvgSq[i] = beta2 * expAvgSq[i] + (1 - beta2) * slope * slope;
    const deviation = Math.sqrt(expAvgSq[i]) / rootCorrection + eps;
    parameter[i] -= stepSize * expAvg[i] / deviation;
  }
}
