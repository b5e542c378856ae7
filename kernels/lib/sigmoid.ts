/** The logistic function, in double precision. */
export function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

/**
 * WGSL of the same, `sigmoid(x: f32) -> f32`, and its derivative,
 * `sigmoidSlope(x: f32) -> f32`: s · (1 − s) would lose digits where s is near 1.
 */
export const sigmoidFunction = `
fn sigmoid(x: f32) -> f32 {
  // exp() of no positive number: it would overflow.
  let small = exp(-abs(x));
  return select(small, 1.0, x >= 0.0) / (1.0 + small);
}

fn sigmoidSlope(x: f32) -> f32 {
  let small = exp(-abs(x));
  return small / ((1.0 + small) * (1.0 + small));
}
`;
