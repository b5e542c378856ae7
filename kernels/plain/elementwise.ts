/**
 * Arithmetic element by element, any shape.
 *
 * @module
 */

/** `output = left + right`. */
export function add(
  left: Float32Array,
  right: Float32Array,
  output: Float32Array,
): void {
  for (let i = 0; i < output.length; i++) output[i] = left[i] + right[i];
}

/** `output = left · right`. */
export function mul(
  left: Float32Array,
  right: Float32Array,
  output: Float32Array,
): void {
  for (let i = 0; i < output.length; i++) output[i] = left[i] * right[i];
}

/** `output = x · factor[0]`. */
export function scale(
  x: Float32Array,
  factor: Float32Array,
  output: Float32Array,
): void {
  const by = factor[0];
  for (let i = 0; i < output.length; i++) output[i] = x[i] * by;
}

/** `output[i] = factor · scalar[0]`. */
export function expand(
  scalar: Float32Array,
  output: Float32Array,
  factor: number,
): void {
  output.fill(factor * scalar[0]);
}
