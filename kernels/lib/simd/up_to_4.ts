// @ts-nocheck: AssemblyScript, compiled by `deno task kernels`.

// The last elements of a range, which may be fewer than four.

/** Four elements, or the first `count` in the first lanes. */
export function loadUpTo4(at: usize, count: i32): v128 {
  if (count == 4) return v128.load(at);
  let lanes = v128.load32_splat(at);
  if (count > 1) lanes = f32x4.replace_lane(lanes, 1, load<f32>(at, 4));
  if (count > 2) lanes = f32x4.replace_lane(lanes, 2, load<f32>(at, 8));
  return lanes;
}

/** Stores four lanes, or the first `count`. */
export function storeUpTo4(at: usize, lanes: v128, count: i32): void {
  if (count == 4) {
    v128.store(at, lanes);
    return;
  }
  store<f32>(at, f32x4.extract_lane(lanes, 0));
  if (count > 1) store<f32>(at, f32x4.extract_lane(lanes, 1), 4);
  if (count > 2) store<f32>(at, f32x4.extract_lane(lanes, 2), 8);
}
