/**
 * Clips gradients by their common norm, as PyTorch's `clip_grad_norm_` does.
 *
 * @module
 */

/** `output[0] = Σ x²`, in order and in f64. */
export function sumOfSquares(x: Float32Array, output: Float32Array): void {
  let total = 0;
  for (let i = 0; i < x.length; i++) total += x[i] * x[i];
  output[0] = total;
}

/** `gradient *= min(1, maxNorm / (√squares[0] + 1e-6))`, in place. */
export function clipByNorm(
  squares: Float32Array,
  gradient: Float32Array,
  maxNorm: number,
): void {
  const factor = Math.min(1, maxNorm / (Math.sqrt(squares[0]) + 1e-6));
  for (let i = 0; i < gradient.length; i++) gradient[i] *= factor;
}
