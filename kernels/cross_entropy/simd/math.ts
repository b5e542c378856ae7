// @ts-nocheck: AssemblyScript, compiled by `deno task kernels`.

// Elementary functions: WebAssembly has none.

import { fma } from "../../lib/simd/fma.ts";

/**
 * `eˣ` in each of four lanes, for x up to 88; below −87 it is 0. With
 * `x = n · ln 2 + r`, `|r| ≤ ln 2 / 2`, it is `2ⁿ` times the Taylor polynomial
 * of `eʳ` of degree 7, whose error is below 1e-8 of the value. NaN stays NaN.
 */
export function exp4(x: v128): v128 {
  const n = f32x4.nearest(f32x4.mul(x, f32x4.splat(1.4426950408889634)));
  // ln 2 in two parts, the first of which times n is exact.
  let r = f32x4.sub(x, f32x4.mul(n, f32x4.splat(0.693359375)));
  r = f32x4.sub(r, f32x4.mul(n, f32x4.splat(-2.12194440e-4)));
  let sum = fma(r, f32x4.splat(1.0 / 5040), f32x4.splat(1.0 / 720));
  sum = fma(r, sum, f32x4.splat(1.0 / 120));
  sum = fma(r, sum, f32x4.splat(1.0 / 24));
  sum = fma(r, sum, f32x4.splat(1.0 / 6));
  sum = fma(r, sum, f32x4.splat(0.5));
  sum = fma(r, sum, f32x4.splat(1));
  sum = fma(r, sum, f32x4.splat(1));
  const exponent = i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(127));
  const power = f32x4.mul(sum, i32x4.shl(exponent, 23));
  const vanishes = f32x4.lt(x, f32x4.splat(-87));
  return v128.andnot(power, vanishes);
}

/**
 * The natural logarithm, x positive and normal: with `x = m · 2ⁿ`,
 * `m` within √½…√2 and `s = (m − 1) / (m + 1)`, it is
 * `n · ln 2 + 2 (s + s³/3 + s⁵/5 + …)`; the terms up to s¹⁵ leave 1e-14. NaN and
 * infinity stay.
 */
export function log(x: f64): f64 {
  if (!(x < Infinity)) return x;
  const bits = reinterpret<i64>(x);
  let n = <i32> ((bits >> 52) & 0x7ff) - 1023;
  let m = reinterpret<f64>((bits & 0xfffffffffffff) | 0x3ff0000000000000);
  if (m > 1.4142135623730951) {
    m /= 2;
    n++;
  }
  const s = (m - 1) / (m + 1);
  const square = s * s;
  let sum: f64 = 0;
  for (let power = 15; power > 0; power -= 2) {
    sum = sum * square + 1 / <f64> power;
  }
  return <f64> n * 0.6931471805599453 + 2 * s * sum;
}
