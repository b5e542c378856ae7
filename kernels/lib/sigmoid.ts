/** The logistic function, in double precision. */
export function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

/** WGSL of the same, `sigmoid(x: f32) -> f32`. */
export const sigmoidFunction = `
fn sigmoid(x: f32) -> f32 {
  // exp() of no positive number: it would overflow.
  let small = exp(-abs(x));
  return select(small, 1.0, x >= 0.0) / (1.0 + small);
}
`;
