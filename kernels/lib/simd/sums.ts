// @ts-nocheck: AssemblyScript, compiled by `deno task kernels`.

// Sums of unbroken rows of numbers.

import { fma } from "./fma.ts";

/**
 * Elements whose sum is held in f32: each lane adds up 64 of them, so that
 * rounding stays near that of a single addition.
 */
const CHUNK = 512;

/**
 * `Σ x`: chunks of 512 in eight lanes, lanes and chunks then in f64, in order.
 */
export function sumOf(x: usize, count: i32): f64 {
  let total: f64 = 0;
  while (count >= 8) {
    const chunk = min(count, CHUNK) & ~7;
    let low = f32x4.splat(0), high = low;
    const end = x + (<usize> chunk << 2);
    for (; x < end; x += 32) {
      low = f32x4.add(low, v128.load(x));
      high = f32x4.add(high, v128.load(x, 16));
    }
    total += exactSum(low, high);
    count -= chunk;
  }
  for (; count > 0; count--) {
    total += load<f32>(x);
    x += 4;
  }
  return total;
}

/** The second result of {@link momentsAround}: `Σ (x − center)²`. */
export let squares: f64 = 0;

/**
 * `Σ (x − center)`, in the order of {@link sumOf}, and beside it
 * {@link squares}.
 */
export function momentsAround(x: usize, count: i32, center: f32): f64 {
  const centers = f32x4.splat(center);
  let total: f64 = 0;
  squares = 0;
  while (count >= 8) {
    const chunk = min(count, CHUNK) & ~7;
    let low = f32x4.splat(0), high = low, lowSquares = low, highSquares = low;
    const end = x + (<usize> chunk << 2);
    for (; x < end; x += 32) {
      const first = f32x4.sub(v128.load(x), centers);
      const second = f32x4.sub(v128.load(x, 16), centers);
      low = f32x4.add(low, first);
      high = f32x4.add(high, second);
      lowSquares = fma(first, first, lowSquares);
      highSquares = fma(second, second, highSquares);
    }
    total += exactSum(low, high);
    squares += exactSum(lowSquares, highSquares);
    count -= chunk;
  }
  for (; count > 0; count--) {
    const difference: f64 = load<f32>(x) - center;
    total += difference;
    squares += difference * difference;
    x += 4;
  }
  return total;
}

/** `Σ g · (x − center)`, in the order of {@link sumOf}. */
export function productsAround(
  g: usize,
  x: usize,
  count: i32,
  center: f32,
): f64 {
  const centers = f32x4.splat(center);
  let total: f64 = 0;
  while (count >= 8) {
    const chunk = min(count, CHUNK) & ~7;
    let low = f32x4.splat(0), high = low;
    const end = x + (<usize> chunk << 2);
    for (; x < end; x += 32) {
      const first = f32x4.sub(v128.load(x), centers);
      const second = f32x4.sub(v128.load(x, 16), centers);
      low = fma(v128.load(g), first, low);
      high = fma(v128.load(g, 16), second, high);
      g += 32;
    }
    total += exactSum(low, high);
    count -= chunk;
  }
  for (; count > 0; count--) {
    total += <f64> load<f32>(g) * <f64> (load<f32>(x) - center);
    x += 4;
    g += 4;
  }
  return total;
}

/** The sum of eight lanes, in f64. */
function exactSum(low: v128, high: v128): f64 {
  const upper = v128.shuffle<f32>(low, low, 2, 3, 2, 3);
  const upperHigh = v128.shuffle<f32>(high, high, 2, 3, 2, 3);
  const first = f64x2.add(
    f64x2.promote_low_f32x4(low),
    f64x2.promote_low_f32x4(upper),
  );
  const second = f64x2.add(
    f64x2.promote_low_f32x4(high),
    f64x2.promote_low_f32x4(upperHigh),
  );
  const both = f64x2.add(first, second);
  return f64x2.extract_lane(both, 0) + f64x2.extract_lane(both, 1);
}
