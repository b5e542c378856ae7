// @ts-nocheck: AssemblyScript, compiled by `deno task kernels`.

import { fma } from "../../lib/simd/fma.ts";

/** `(convolved − center) · factor + constant` in each lane. */
export function normalised(
  convolved: v128,
  center: v128,
  factor: v128,
  constant: v128,
): v128 {
  return fma(f32x4.sub(convolved, center), factor, constant);
}

/**
 * The largest of four and 0 in each lane; NaN above all. `pmax` is one instruction
 * where `max` is eight, but may lose a NaN.
 */
export function largest(a: v128, b: v128, c: v128, d: v128): v128 {
  const nan = v128.or(
    v128.or(f32x4.ne(a, a), f32x4.ne(b, b)),
    v128.or(f32x4.ne(c, c), f32x4.ne(d, d)),
  );
  const best = f32x4.pmax(f32x4.pmax(a, b), f32x4.pmax(c, d));
  return v128.or(f32x4.pmax(f32x4.splat(0), best), nan);
}
