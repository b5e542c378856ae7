/** `max(x, 0)`; NaN stays NaN. */
export function reluForward(x: Float64Array): Float64Array {
  return x.map((value) => Math.max(value, 0));
}

/** Gradient by `x` from the output: none where the output is 0, as in PyTorch. */
export function reluGradient(
  gradOutput: Float64Array,
  output: Float64Array,
): Float64Array {
  return gradOutput.map((gradient, i) => output[i] <= 0 ? 0 : gradient);
}
