/**
 * Stochastic gradient descent with momentum, element by element, as PyTorch
 * has it: the learning rate multiplies the whole momentum, not the gradients
 * in it.
 *
 * @module
 */

import type { SgdConstants } from "../shapes.ts";

/** Moves the parameter and its momentum, in place. */
export function sgdStep(
  gradient: Float32Array,
  state: Float32Array,
  parameter: Float32Array,
  momentumBuffer: Float32Array | null,
  options: SgdConstants,
): void {
  const { momentum, weightDecay, nesterov } = options;
  const learningRate = state[0];
  for (let i = 0; i < parameter.length; i++) {
    let slope = gradient[i] + weightDecay * parameter[i];
    if (momentumBuffer !== null) {
      momentumBuffer[i] = momentum * momentumBuffer[i] + slope;
      slope = nesterov
        ? slope + momentum * momentumBuffer[i]
        : momentumBuffer[i];
    }
    parameter[i] -= learningRate * slope;
  }
}
