/** WGSL of `log(1 + u)` for u from 0 to 1, `log1p(u: f32) -> f32`. */
export const log1pFunction = `
fn log1p(u: f32) -> f32 {
  // 2 atanh(u / (2 + u)), by the series of atanh: what is left out is below 1e-8
  // of the value.
  let s = u / (2.0 + u);
  let q = s * s;
  return 2.0 * s * (1.0 + q * (1.0 / 3.0 + q * (1.0 / 5.0 +
    q * (1.0 / 7.0 + q * (1.0 / 9.0 + q * (1.0 / 11.0 + q / 13.0))))));
}
`;
