// @ts-nocheck: AssemblyScript, compiled by `deno task kernels`.

import { ROW } from "./_rows.ts";
import { constant } from "../../lib/simd/constant.ts";
import { fma } from "../../lib/simd/fma.ts";
import { storeUpTo4 } from "../../lib/simd/up_to_4.ts";

/** What the transform multiplies by. */
const FACTORS = memory.data<f32>([0.125, 0.25, 0.5, 2, 4, 8]);

/**
 * `Aᵀ` along two rows of four output tiles, a constant added, rectified and pooled: the
 * first so many of eight windows.
 *
 * @param m `[rows, 2, 8, 4]`: as often as there are rows of windows.
 * @param shifts The constant of the first, and bytes to the next one's.
 * @param step Bytes from a row of windows to the next.
 */
export function putWindows(
  m: usize,
  rows: i32,
  shifts: usize,
  shiftStep: usize,
  to: usize,
  step: usize,
  count: i32,
): void {
  const eighth = constant(FACTORS, 0), quarter = constant(FACTORS, 1);
  const half = constant(FACTORS, 2), c2 = constant(FACTORS, 3);
  const c4 = constant(FACTORS, 4), c8 = constant(FACTORS, 5);
  for (let i = 0; i < rows; i++) {
    const shift = v128.load32_splat(shifts);
    let x = v128.load(m, 16), y = v128.load(m, 32);
    let s1 = f32x4.add(x, y), d1 = f32x4.sub(x, y);
    x = v128.load(m, 48);
    y = v128.load(m, 64);
    let s2 = f32x4.add(x, y), d2 = f32x4.sub(x, y);
    x = v128.load(m, 80);
    y = v128.load(m, 96);
    let s3 = f32x4.add(x, y), d3 = f32x4.sub(x, y);
    const a = f32x4.add(f32x4.add(v128.load(m), s1), f32x4.add(s2, s3));
    const b = fma(d2, c2, fma(d3, half, d1));
    const c = fma(s2, c4, fma(s3, quarter, s1));
    d1 = f32x4.add(d1, v128.load(m, 112));
    const d = fma(d2, c8, fma(d3, eighth, d1));

    m += ROW;
    x = v128.load(m, 16);
    y = v128.load(m, 32);
    s1 = f32x4.add(x, y);
    d1 = f32x4.sub(x, y);
    x = v128.load(m, 48);
    y = v128.load(m, 64);
    s2 = f32x4.add(x, y);
    d2 = f32x4.sub(x, y);
    x = v128.load(m, 80);
    y = v128.load(m, 96);
    s3 = f32x4.add(x, y);
    d3 = f32x4.sub(x, y);
    const A = f32x4.add(f32x4.add(v128.load(m), s1), f32x4.add(s2, s3));
    const B = fma(d2, c2, fma(d3, half, d1));
    const left = window(a, b, A, B, shift);
    const C = fma(s2, c4, fma(s3, quarter, s1));
    d1 = f32x4.add(d1, v128.load(m, 112));
    const D = fma(d2, c8, fma(d3, eighth, d1));
    const right = window(c, d, C, D, shift);

    const first = v128.shuffle<f32>(left, right, 0, 4, 1, 5);
    const last = v128.shuffle<f32>(left, right, 2, 6, 3, 7);
    if (count >= 8) {
      v128.store(to, first);
      v128.store(to, last, 16);
    } else {
      storeUpTo4(to, first, min(4, count));
      if (count > 4) storeUpTo4(to + 16, last, count - 4);
    }
    m += ROW;
    shifts += shiftStep;
    to += step;
  }
}

/**
 * The largest of four, the constant added, and 0, in each lane; NaN above all. `pmax`
 * is one instruction where `max` is eight, but may lose a NaN; their sum has it.
 */
function window(a: v128, b: v128, c: v128, d: v128, shift: v128): v128 {
  const sum = f32x4.add(f32x4.add(a, b), f32x4.add(c, d));
  const best = f32x4.pmax(f32x4.pmax(a, b), f32x4.pmax(c, d));
  const zero = f32x4.splat(0);
  return f32x4.pmax(f32x4.add(best, fma(sum, zero, shift)), zero);
}
