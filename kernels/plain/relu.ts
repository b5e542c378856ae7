/**
 * Rectified linear unit and its gradient, element by element, any shape.
 *
 * @module
 */

/** `output = max(x, 0)`; NaN stays NaN. */
export function reluForward(x: Float32Array, output: Float32Array): void {
  for (let i = 0; i < output.length; i++) output[i] = Math.max(x[i], 0);
}

/** Lets the gradient through where the output is above 0. */
export function reluGradient(
  gradOutput: Float32Array,
  output: Float32Array,
  gradX: Float32Array,
): void {
  for (let i = 0; i < gradX.length; i++) {
    gradX[i] = output[i] <= 0 ? 0 : gradOutput[i];
  }
}
