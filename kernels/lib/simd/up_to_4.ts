// @ts-nocheck: AssemblyScript, compiled by `deno task kernels`.

// The elements of a range by fours, the last of which may be fewer. What takes
// several of them in a round of its loop is written once, and made of each class here:
// a loop that asks nothing for whole vectors, and one for the rest.

/** Four elements. */
export class Four {
  load(at: usize, _count: i32): v128 {
    return v128.load(at);
  }

  store(at: usize, lanes: v128, _count: i32): void {
    v128.store(at, lanes);
  }
}

/** The first `count`, in the first lanes. */
export class UpTo4 {
  load(at: usize, count: i32): v128 {
    return loadUpTo4(at, count);
  }

  store(at: usize, lanes: v128, count: i32): void {
    storeUpTo4(at, lanes, count);
  }
}

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
