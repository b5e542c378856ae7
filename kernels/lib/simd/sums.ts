// @ts-nocheck: AssemblyScript, compiled by `deno task kernels`.

// Sums of unbroken rows of numbers.
//
// What sums over images and pixels, for each channel, leaves the sums of each plane
// in memory, whichever thread makes them, and adds them by `addRows`.

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

/** The second result of {@link productsAround}: `Σ g`. */
export let sumOfFactors: f64 = 0;

/**
 * `Σ g · (x − center)`, in the order of {@link sumOf}, and beside it
 * {@link sumOfFactors}, in that order too.
 *
 * @param rectified Where it is not above 0, g is 0; or 0 for none.
 */
export function productsAround(
  g: usize,
  rectified: usize,
  x: usize,
  count: i32,
  center: f32,
): f64 {
  const centers = f32x4.splat(center);
  const isRectified = rectified != 0;
  let total: f64 = 0;
  sumOfFactors = 0;
  while (count >= 8) {
    const chunk = min(count, CHUNK) & ~7;
    let low = f32x4.splat(0), high = low, lowSum = low, highSum = low;
    const end = x + (<usize> chunk << 2);
    for (; x < end; x += 32) {
      let first = v128.load(g), second = v128.load(g, 16);
      if (isRectified) {
        first = unblocked(first, rectified);
        second = unblocked(second, rectified + 16);
        rectified += 32;
      }
      lowSum = f32x4.add(lowSum, first);
      highSum = f32x4.add(highSum, second);
      low = fma(first, f32x4.sub(v128.load(x), centers), low);
      high = fma(second, f32x4.sub(v128.load(x, 16), centers), high);
      g += 32;
    }
    total += exactSum(low, high);
    sumOfFactors += exactSum(lowSum, highSum);
    count -= chunk;
  }
  for (; count > 0; count--) {
    let factor: f64 = load<f32>(g);
    if (isRectified && load<f32>(rectified) <= 0) factor = 0;
    total += factor * <f64> (load<f32>(x) - center);
    sumOfFactors += factor;
    x += 4;
    g += 4;
    rectified += 4;
  }
  return total;
}

/** A gradient where the output of a ReLU is above 0 or NaN, 0 elsewhere. */
export function unblocked(g: v128, output: usize): v128 {
  return v128.andnot(g, f32x4.le(v128.load(output), f32x4.splat(0)));
}

/** Adds rows of so many pairs of f64 to the first, in order. */
export function addRows(first: usize, rows: i32, pairs: i32): void {
  const end = first + (<usize> pairs << 4);
  let from = end;
  for (let row = 1; row < rows; row++) {
    for (let to = first; to < end; to += 16) {
      v128.store(to, f64x2.add(v128.load(to), v128.load(from)));
      from += 16;
    }
  }
}

/** The sum of eight lanes, in f64. */
export function exactSum(low: v128, high: v128): f64 {
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
