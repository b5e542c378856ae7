// @ts-nocheck: AssemblyScript, compiled by `deno task kernels`.

// The transforms of Winograd's F(4×4, 3×3), as `_transforms.ts` has those of
// F(4×4, 5×5): over the points 0, ±√½, ±√2, ∞, an input tile d of 6×6. These points
// round half as much as 0, ±1, ±2, ∞. G has 3 columns, B 6, and Aᵀ is
//
//   1   1    1    1     1    0
//   0   √½  -√½   √2   -√2   0
//   0   ½    ½    2     2    0
//   0   √⅛  -√⅛   √8   -√8   1

import { constant } from "../../../lib/simd/constant.ts";
import { fma } from "../../../lib/simd/fma.ts";

/** What the transforms multiply by: −5/2, ±2, ±½, √½, √2, √⅛, √8, −⅔, ⅙. */
const FACTORS = memory.data<f32>([
  -2.5,
  -2,
  2,
  -0.5,
  0.5,
  0.7071067811865476,
  1.4142135623730951,
  0.3535533905932738,
  2.8284271247461903,
  -0.6666666666666666,
  0.16666666666666666,
]);

/** `Bᵀ`: 6 elements to 6. */
export function transformInput3x3(
  from: usize,
  step: usize,
  next: usize,
  to: usize,
  toStep: usize,
  toNext: usize,
  count: i32,
): void {
  const c52 = constant(FACTORS, 0), c2 = constant(FACTORS, 1);
  const half = constant(FACTORS, 3);
  const near = constant(FACTORS, 5), far = constant(FACTORS, 6);
  for (let i = 0; i < count; i++) {
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
    v128.store(at, fma(x2, c52, f32x4.add(x0, x4)));
    at += toStep;
    let even = fma(x2, c2, x4);
    let odd = f32x4.mul(fma(x1, c2, x3), near);
    v128.store(at, f32x4.add(even, odd));
    at += toStep;
    v128.store(at, f32x4.sub(even, odd));
    at += toStep;
    even = fma(x2, half, x4);
    odd = f32x4.mul(fma(x1, half, x3), far);
    v128.store(at, f32x4.add(even, odd));
    at += toStep;
    v128.store(at, f32x4.sub(even, odd));
    at += toStep;
    v128.store(at, fma(x3, c52, f32x4.add(x1, x5)));
    from += next;
    to += toNext;
  }
}

/** `B`: 6 elements to 6, of 6 columns, stored by `Put.store`. */
export function transformInputBack3x3<Put>(
  from: usize,
  step: usize,
  next: usize,
  to: usize,
  toStep: usize,
  toNext: usize,
): void {
  const put = changetype<Put>(0);
  const c52 = constant(FACTORS, 0), c2 = constant(FACTORS, 1);
  const half = constant(FACTORS, 3);
  const near = constant(FACTORS, 5), far = constant(FACTORS, 6);
  for (let i = 0; i < 6; i++) {
    let at = from;
    const v0 = v128.load(at);
    at += step;
    let x = v128.load(at);
    at += step;
    let y = v128.load(at);
    at += step;
    const s1 = f32x4.add(x, y), d1 = f32x4.mul(f32x4.sub(x, y), near);
    x = v128.load(at);
    at += step;
    y = v128.load(at);
    at += step;
    const s2 = f32x4.add(x, y), d2 = f32x4.mul(f32x4.sub(x, y), far);
    const v5 = v128.load(at);
    at = to;
    put.store(at, v0);
    at += toStep;
    put.store(at, fma(d1, c2, fma(d2, half, v5)));
    at += toStep;
    put.store(at, fma(v0, c52, fma(s1, c2, f32x4.mul(s2, half))));
    at += toStep;
    put.store(at, fma(v5, c52, f32x4.add(d1, d2)));
    at += toStep;
    put.store(at, f32x4.add(v0, f32x4.add(s1, s2)));
    at += toStep;
    put.store(at, v5);
    from += next;
    to += toNext;
  }
}

/** `Aᵀ`: 6 elements to 4. */
export function transformOutput3x3(
  from: usize,
  step: usize,
  next: usize,
  to: usize,
  toStep: usize,
  toNext: usize,
  count: i32,
): void {
  const c2 = constant(FACTORS, 2), half = constant(FACTORS, 4);
  const near = constant(FACTORS, 5), far = constant(FACTORS, 6);
  const nearer = constant(FACTORS, 7), farther = constant(FACTORS, 8);
  for (let i = 0; i < count; i++) {
    let at = from;
    const m0 = v128.load(at);
    at += step;
    let x = v128.load(at);
    at += step;
    let y = v128.load(at);
    at += step;
    const s1 = f32x4.add(x, y), d1 = f32x4.sub(x, y);
    x = v128.load(at);
    at += step;
    y = v128.load(at);
    at += step;
    const s2 = f32x4.add(x, y), d2 = f32x4.sub(x, y);
    const m5 = v128.load(at);
    at = to;
    v128.store(at, f32x4.add(m0, f32x4.add(s1, s2)));
    at += toStep;
    v128.store(at, fma(d2, far, f32x4.mul(d1, near)));
    at += toStep;
    v128.store(at, fma(s2, c2, f32x4.mul(s1, half)));
    at += toStep;
    v128.store(at, fma(d2, farther, fma(d1, nearer, m5)));
    from += next;
    to += toNext;
  }
}

/** `A`: 4 elements to 6. */
export function transformOutputBack3x3(
  from: usize,
  step: usize,
  next: usize,
  to: usize,
  toStep: usize,
  toNext: usize,
  count: i32,
): void {
  const c2 = constant(FACTORS, 2), half = constant(FACTORS, 4);
  const near = constant(FACTORS, 5), far = constant(FACTORS, 6);
  const nearer = constant(FACTORS, 7), farther = constant(FACTORS, 8);
  for (let i = 0; i < count; i++) {
    let at = from;
    const y0 = v128.load(at);
    at += step;
    const y1 = v128.load(at);
    at += step;
    const y2 = v128.load(at);
    at += step;
    const y3 = v128.load(at);
    at = to;
    v128.store(at, y0);
    at += toStep;
    let even = fma(y2, half, y0);
    let odd = fma(y3, nearer, f32x4.mul(y1, near));
    v128.store(at, f32x4.add(even, odd));
    at += toStep;
    v128.store(at, f32x4.sub(even, odd));
    at += toStep;
    even = fma(y2, c2, y0);
    odd = fma(y3, farther, f32x4.mul(y1, far));
    v128.store(at, f32x4.add(even, odd));
    at += toStep;
    v128.store(at, f32x4.sub(even, odd));
    at += toStep;
    v128.store(at, y3);
    from += next;
    to += toNext;
  }
}

/** `G`: 3 elements to 6. */
export function transformKernel3x3(
  from: usize,
  step: usize,
  next: usize,
  to: usize,
  toStep: usize,
  toNext: usize,
  count: i32,
): void {
  const c2 = constant(FACTORS, 2), half = constant(FACTORS, 4);
  const near = constant(FACTORS, 5), far = constant(FACTORS, 6);
  const thirds = constant(FACTORS, 9), sixth = constant(FACTORS, 10);
  for (let i = 0; i < count; i++) {
    let at = from;
    const w0 = v128.load(at);
    at += step;
    const w1 = v128.load(at);
    at += step;
    const w2 = v128.load(at);
    at = to;
    v128.store(at, w0);
    at += toStep;
    let even = f32x4.mul(fma(w2, half, w0), thirds);
    let odd = f32x4.mul(f32x4.mul(w1, near), thirds);
    v128.store(at, f32x4.add(even, odd));
    at += toStep;
    v128.store(at, f32x4.sub(even, odd));
    at += toStep;
    even = f32x4.mul(fma(w2, c2, w0), sixth);
    odd = f32x4.mul(f32x4.mul(w1, far), sixth);
    v128.store(at, f32x4.add(even, odd));
    at += toStep;
    v128.store(at, f32x4.sub(even, odd));
    at += toStep;
    v128.store(at, w2);
    from += next;
    to += toNext;
  }
}

/** `Gᵀ`: 6 elements to 3. */
export function transformKernelBack3x3(
  from: usize,
  step: usize,
  next: usize,
  to: usize,
  toStep: usize,
  toNext: usize,
  count: i32,
): void {
  const c2 = constant(FACTORS, 2), half = constant(FACTORS, 4);
  const near = constant(FACTORS, 5), far = constant(FACTORS, 6);
  const thirds = constant(FACTORS, 9), sixth = constant(FACTORS, 10);
  for (let i = 0; i < count; i++) {
    let at = from;
    const s0 = v128.load(at);
    at += step;
    let x = v128.load(at);
    at += step;
    let y = v128.load(at);
    at += step;
    const u1 = f32x4.mul(f32x4.add(x, y), thirds);
    const v1 = f32x4.mul(f32x4.sub(x, y), thirds);
    x = v128.load(at);
    at += step;
    y = v128.load(at);
    at += step;
    const u2 = f32x4.mul(f32x4.add(x, y), sixth);
    const v2 = f32x4.mul(f32x4.sub(x, y), sixth);
    const s5 = v128.load(at);
    at = to;
    v128.store(at, f32x4.add(s0, f32x4.add(u1, u2)));
    at += toStep;
    v128.store(at, fma(v2, far, f32x4.mul(v1, near)));
    at += toStep;
    v128.store(at, fma(u2, c2, fma(u1, half, s5)));
    from += next;
    to += toNext;
  }
}
