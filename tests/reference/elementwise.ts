/** `left + right`; its gradient goes to both unchanged. */
export function add(left: Float64Array, right: Float64Array): Float64Array {
  return left.map((value, i) => value + right[i]);
}

/** `left · right`; the gradient by one is `gradOutput` times the other. */
export function mul(left: Float64Array, right: Float64Array): Float64Array {
  return left.map((value, i) => value * right[i]);
}

/** `x · factor`; the gradient by `x` is scaled alike. */
export function scale(x: Float64Array, factor: number): Float64Array {
  return x.map((value) => value * factor);
}

/** `Σ x`. */
export function sum(x: Float64Array): number {
  return x.reduce((left, right) => left + right, 0);
}

/** `Σ x / length`. */
export function mean(x: Float64Array): number {
  return sum(x) / x.length;
}

/** Gradient by `x` of {@linkcode sum}: the same for each element. */
export function sumGradient(gradOutput: number, length: number): Float64Array {
  return new Float64Array(length).fill(gradOutput);
}

/** Gradient by `x` of {@linkcode mean}. */
export function meanGradient(gradOutput: number, length: number): Float64Array {
  return new Float64Array(length).fill(gradOutput / length);
}
