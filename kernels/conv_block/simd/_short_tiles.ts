// @ts-nocheck: AssemblyScript, compiled by `deno task kernels`.

// The last row of tiles where the image has two rows of it at most: F(2, 5) down the
// columns, over the points 0, ±1, ±2, ∞ of F(4, 5), whose weights it shares. Frequencies
// 5 and 6 of a column, of the points ±½, are not there.

import { multiplyTile } from "../../conv2d/winograd/simd/_products.ts";
import { isWide, productColumns } from "../../lib/simd/wide.ts";
import { constant } from "../../lib/simd/constant.ts";
import { fma } from "../../lib/simd/fma.ts";

/** What the transforms multiply by. */
const FACTORS = memory.data<f32>([0.25, 0.75, -1.25, 2, 3.75, -4, 4, -5]);

/** `Bᵀ` of eight columns: 6 elements, a row of tiles apart, to 8 but for two. */
export function transformShortInput(
  from: usize,
  step: usize,
  next: usize,
  to: usize,
  toStep: usize,
  toNext: usize,
): void {
  const quarter = constant(FACTORS, 0), c34 = constant(FACTORS, 1);
  const c54 = constant(FACTORS, 2), c2 = constant(FACTORS, 3);
  const c154 = constant(FACTORS, 4), less4 = constant(FACTORS, 5);
  const c4 = constant(FACTORS, 6), less5 = constant(FACTORS, 7);
  for (let i = 0; i < 8; i++) {
    let at = from;
    const x0 = v128.load(at);
    at += step;
    const x1 = v128.load(at);
    at += step;
    const x2 = v128.load(at);
    at += step;
    const x3 = v128.load(at);
    at += step;
    const x4 = v128.load(at);
    at += step;
    const x5 = v128.load(at);
    at = to;
    v128.store(at, fma(x4, quarter, fma(x2, c54, x0)));
    at += toStep;
    let even = f32x4.mul(fma(x2, less4, x4), c34);
    let odd = f32x4.mul(fma(x1, less4, x3), c34);
    v128.store(at, f32x4.add(even, odd));
    at += toStep;
    v128.store(at, f32x4.sub(even, odd));
    at += toStep;
    even = f32x4.mul(f32x4.sub(x4, x2), c154);
    odd = f32x4.mul(f32x4.mul(f32x4.sub(x3, x1), c154), c2);
    v128.store(at, f32x4.add(even, odd));
    at += toStep;
    v128.store(at, f32x4.sub(even, odd));
    at += 3 * toStep;
    v128.store(at, fma(x3, less5, fma(x1, c4, x5)));
    from += next;
    to += toNext;
  }
}

/** `Aᵀ` of eight columns: 8 elements but for two to 2. */
export function transformShortOutput(
  from: usize,
  step: usize,
  next: usize,
  to: usize,
  toStep: usize,
  toNext: usize,
): void {
  const c2 = constant(FACTORS, 3);
  for (let i = 0; i < 8; i++) {
    let at = from;
    const m0 = v128.load(at);
    at += step;
    const m1 = v128.load(at);
    at += step;
    const m2 = v128.load(at);
    at += step;
    const m3 = v128.load(at);
    at += step;
    const m4 = v128.load(at);
    at += 3 * step;
    const m7 = v128.load(at);
    const sum = f32x4.add(f32x4.add(m1, m2), f32x4.add(m3, m4));
    v128.store(to, f32x4.add(m0, sum));
    const rest = f32x4.add(f32x4.sub(m1, m2), m7);
    v128.store(to + toStep, fma(f32x4.sub(m3, m4), c2, rest));
    from += next;
    to += toNext;
  }
}

/**
 * `c = aᵀ · b` for the first columns of b, a multiple of 4, and rows, one of 8.
 *
 * @param step Bytes from a row of b, and of c, to the next one.
 */
export function multiplyColumns(
  a: usize,
  b: usize,
  c: usize,
  rows: i32,
  inner: i32,
  columns: i32,
  step: usize,
): void {
  const aRow: usize = rows << 2;
  const whole: usize = (columns & ~7) << 2;
  let first: usize = 0;
  if (isWide != 0 && columns >= 16) {
    productColumns(a, aRow, b, c, step, rows, inner, columns, false);
    first = (columns & ~15) << 2;
    if (first == <usize> columns << 2) return;
  }
  for (let row: usize = 0; row < aRow; row += 32) {
    const to = c + (row >> 2) * step;
    for (let column = first; column < whole; column += 32) {
      const tile = to + column;
      multiplyTile(a, aRow, b + column, step, tile, inner, false);
      const below = tile + 4 * step;
      multiplyTile(a + 16, aRow, b + column, step, below, inner, false);
    }
    if (columns & 4) {
      multiplyNarrow(a, aRow, b + whole, step, to + whole, inner);
    }
    a += 32;
  }
}

/** Eight rows and four columns. */
function multiplyNarrow(
  a: usize,
  aRow: usize,
  b: usize,
  step: usize,
  c: usize,
  inner: i32,
): void {
  let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
  let s4 = s0, s5 = s0, s6 = s0, s7 = s0;
  for (let i = 0; i < inner; i++) {
    const x = v128.load(b);
    const upper = v128.load(a), lower = v128.load(a, 16);
    s0 = fma(v128.shuffle<f32>(upper, upper, 0, 0, 0, 0), x, s0);
    s1 = fma(v128.shuffle<f32>(upper, upper, 1, 1, 1, 1), x, s1);
    s2 = fma(v128.shuffle<f32>(upper, upper, 2, 2, 2, 2), x, s2);
    s3 = fma(v128.shuffle<f32>(upper, upper, 3, 3, 3, 3), x, s3);
    s4 = fma(v128.shuffle<f32>(lower, lower, 0, 0, 0, 0), x, s4);
    s5 = fma(v128.shuffle<f32>(lower, lower, 1, 1, 1, 1), x, s5);
    s6 = fma(v128.shuffle<f32>(lower, lower, 2, 2, 2, 2), x, s6);
    s7 = fma(v128.shuffle<f32>(lower, lower, 3, 3, 3, 3), x, s7);
    a += aRow;
    b += step;
  }
  v128.store(c, s0);
  v128.store(c + step, s1);
  v128.store(c + 2 * step, s2);
  v128.store(c + 3 * step, s3);
  c += 4 * step;
  v128.store(c, s4);
  v128.store(c + step, s5);
  v128.store(c + 2 * step, s6);
  v128.store(c + 3 * step, s7);
}
