// @ts-nocheck: AssemblyScript, compiled by `deno task kernels`.

// What both builds of the module share. The relaxed build fuses multiply and
// add; the fallback, for engines without relaxed SIMD, rounds in between.

/** `a · b + c` in each of four lanes. */
export function fma(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}

/** The sum of four lanes: `(0 + 2) + (1 + 3)`. */
export function sumOfLanes(a: v128): f32 {
  const pairs = f32x4.add(a, v128.shuffle<f32>(a, a, 2, 3, 0, 1));
  return f32x4.extract_lane(pairs, 0) + f32x4.extract_lane(pairs, 1);
}
