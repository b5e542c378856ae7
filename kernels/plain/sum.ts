/**
 * Sum of all elements, any shape, in order and in f64.
 *
 * @module
 */

/** `output[0] = factor · Σ x`. */
export function sum(
  x: Float32Array,
  output: Float32Array,
  factor: number,
): void {
  let total = 0;
  for (let i = 0; i < x.length; i++) total += x[i];
  output[0] = factor * total;
}
