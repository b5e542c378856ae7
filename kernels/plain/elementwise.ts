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

/** `destination += source`, in place. */
export function accumulate(
  source: Float32Array,
  destination: Float32Array,
): void {
  for (let i = 0; i < destination.length; i++) destination[i] += source[i];
}

/** `output = source`. */
export function copy<Elements extends Float32Array | Int32Array>(
  source: Elements,
  output: Elements,
): void {
  output.set(source);
}

/** Every element of `output` becomes `value`. */
export function fill(output: Float32Array | Int32Array, value: number): void {
  output.fill(value);
}

/** `output[i] = factor · scalar[0]`. */
export function expand(
  scalar: Float32Array,
  output: Float32Array,
  factor: number,
): void {
  output.fill(factor * scalar[0]);
}
