// @ts-nocheck: AssemblyScript, compiled by `deno task kernels`.

// The transforms of 3×3 kernels with stride 2. Of a row of an input tile d of 9×9,
// the outer two of a kernel's columns meet every other pixel, from the first on,
// and the one in between meets the pixels in between:
//
//   y[i] = g[0] d[2i] + g[2] d[2i + 2]  +  g[1] d[2i + 1]
//
// The first sum is a convolution of stride 1 by g[0], g[2], for which there is
// Winograd's F(4, 2), over the points ±√½, ±√2, ∞; the second is left as it is. So
// a row has 9 elements, the 5 of F(4, 2) and 4 pixels, and a tile 81 where 144
// multiplications are. As in `_transforms.ts`, Aᵀ is
//
//   1    1    1    1   0    1  0  0  0
//   √½  -√½   √2  -√2  0    0  1  0  0
//   ½    ½    2    2   0    0  0  1  0
//   √⅛  -√⅛   √8  -√8  1    0  0  0  1
//
// G has 6 different rows, the last for the 4 pixels: see `weightsOf`.

import { constant } from "../../../lib/simd/constant.ts";
import { fma } from "../../../lib/simd/fma.ts";

/** What the transforms multiply by: −5/2, −2, −½, 2, ½, √½, √2, √⅛, √8, −⅓, ⅓. */
const FACTORS = memory.data<f32>([
  -2.5,
  -2,
  -0.5,
  2,
  0.5,
  0.7071067811865476,
  1.4142135623730951,
  0.3535533905932738,
  2.8284271247461903,
  -0.3333333333333333,
  0.3333333333333333,
]);

/** Which weights an element of a transformed tile meets, of 6 by 6. */
export function weightsOf(element: i32): i32 {
  return min(element / 9, 5) * 6 + min(element % 9, 5);
}

/** `Bᵀ`: 9 elements to 9. */
export function transformInputStrided(
  from: usize,
  step: usize,
  next: usize,
  to: usize,
  toStep: usize,
  toNext: usize,
  count: i32,
): void {
  const c52 = constant(FACTORS, 0), c2 = constant(FACTORS, 1);
  const half = constant(FACTORS, 2);
  const near = constant(FACTORS, 5), far = constant(FACTORS, 6);
  const pair = 2 * step, toPixels = 5 * toStep;
  for (let i = 0; i < count; i++) {
    let at = from;
    const x0 = v128.load(at);
    at += pair;
    const x2 = v128.load(at);
    at += pair;
    const x4 = v128.load(at);
    at += pair;
    const x6 = v128.load(at);
    at += pair;
    const x8 = v128.load(at);
    at = to;
    let odd = fma(x2, c2, x6);
    let even = f32x4.mul(fma(x0, c2, x4), near);
    v128.store(at, f32x4.add(odd, even));
    at += toStep;
    v128.store(at, f32x4.sub(odd, even));
    at += toStep;
    odd = fma(x2, half, x6);
    even = f32x4.mul(fma(x0, half, x4), far);
    v128.store(at, f32x4.add(odd, even));
    at += toStep;
    v128.store(at, f32x4.sub(odd, even));
    at += toStep;
    v128.store(at, fma(x4, c52, f32x4.add(x0, x8)));
    at = from + step;
    let put = to + toPixels;
    v128.store(put, v128.load(at));
    at += pair;
    put += toStep;
    v128.store(put, v128.load(at));
    at += pair;
    put += toStep;
    v128.store(put, v128.load(at));
    at += pair;
    put += toStep;
    v128.store(put, v128.load(at));
    from += next;
    to += toNext;
  }
}

/** `B`: 9 elements to 9, of 9 columns, stored by `Put.store`. */
export function transformInputBackStrided<Put>(
  from: usize,
  step: usize,
  next: usize,
  to: usize,
  toStep: usize,
  toNext: usize,
): void {
  const put = changetype<Put>(0);
  const c52 = constant(FACTORS, 0), c2 = constant(FACTORS, 1);
  const half = constant(FACTORS, 2);
  const near = constant(FACTORS, 5), far = constant(FACTORS, 6);
  const pair = 2 * toStep;
  for (let i = 0; i < 9; i++) {
    let at = from;
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
    const v4 = v128.load(at);
    at += step;
    let out = to;
    put.store(out, fma(d1, c2, fma(d2, half, v4)));
    out += pair;
    put.store(out, fma(s1, c2, f32x4.mul(s2, half)));
    out += pair;
    put.store(out, fma(v4, c52, f32x4.add(d1, d2)));
    out += pair;
    put.store(out, f32x4.add(s1, s2));
    out += pair;
    put.store(out, v4);
    out = to + toStep;
    put.store(out, v128.load(at));
    at += step;
    out += pair;
    put.store(out, v128.load(at));
    at += step;
    out += pair;
    put.store(out, v128.load(at));
    at += step;
    out += pair;
    put.store(out, v128.load(at));
    from += next;
    to += toNext;
  }
}

/** `Aᵀ`: 9 elements to 4. */
export function transformOutputStrided(
  from: usize,
  step: usize,
  next: usize,
  to: usize,
  toStep: usize,
  toNext: usize,
  count: i32,
): void {
  const c2 = constant(FACTORS, 3), half = constant(FACTORS, 4);
  const near = constant(FACTORS, 5), far = constant(FACTORS, 6);
  const nearer = constant(FACTORS, 7), farther = constant(FACTORS, 8);
  for (let i = 0; i < count; i++) {
    let at = from;
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
    const m4 = v128.load(at);
    at += step;
    let out = to;
    v128.store(out, f32x4.add(v128.load(at), f32x4.add(s1, s2)));
    at += step;
    out += toStep;
    v128.store(out, fma(d2, far, fma(d1, near, v128.load(at))));
    at += step;
    out += toStep;
    v128.store(out, fma(s2, c2, fma(s1, half, v128.load(at))));
    at += step;
    out += toStep;
    const last = f32x4.add(m4, v128.load(at));
    v128.store(out, fma(d2, farther, fma(d1, nearer, last)));
    from += next;
    to += toNext;
  }
}

/** `A`: 4 elements to 9. */
export function transformOutputBackStrided(
  from: usize,
  step: usize,
  next: usize,
  to: usize,
  toStep: usize,
  toNext: usize,
  count: i32,
): void {
  const c2 = constant(FACTORS, 3), half = constant(FACTORS, 4);
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
    at += toStep;
    v128.store(at, y0);
    at += toStep;
    v128.store(at, y1);
    at += toStep;
    v128.store(at, y2);
    at += toStep;
    v128.store(at, y3);
    from += next;
    to += toNext;
  }
}

/** `G`: 3 elements to 6. */
export function transformKernelStrided(
  from: usize,
  step: usize,
  next: usize,
  to: usize,
  toStep: usize,
  toNext: usize,
  count: i32,
): void {
  const near = constant(FACTORS, 5), far = constant(FACTORS, 6);
  const minus = constant(FACTORS, 9), third = constant(FACTORS, 10);
  for (let i = 0; i < count; i++) {
    let at = from;
    const w0 = v128.load(at);
    at += step;
    const w1 = v128.load(at);
    at += step;
    const w2 = v128.load(at);
    at = to;
    let even = f32x4.mul(w2, minus);
    let odd = f32x4.mul(f32x4.mul(w0, far), minus);
    v128.store(at, f32x4.add(even, odd));
    at += toStep;
    v128.store(at, f32x4.sub(even, odd));
    at += toStep;
    even = f32x4.mul(w2, third);
    odd = f32x4.mul(f32x4.mul(w0, near), third);
    v128.store(at, f32x4.add(even, odd));
    at += toStep;
    v128.store(at, f32x4.sub(even, odd));
    at += toStep;
    v128.store(at, w2);
    at += toStep;
    v128.store(at, w1);
    from += next;
    to += toNext;
  }
}

/** `Gᵀ`: 6 elements to 3. */
export function transformKernelBackStrided(
  from: usize,
  step: usize,
  next: usize,
  to: usize,
  toStep: usize,
  toNext: usize,
  count: i32,
): void {
  const near = constant(FACTORS, 5), far = constant(FACTORS, 6);
  const minus = constant(FACTORS, 9), third = constant(FACTORS, 10);
  for (let i = 0; i < count; i++) {
    let at = from;
    let x = v128.load(at);
    at += step;
    let y = v128.load(at);
    at += step;
    const u1 = f32x4.mul(f32x4.add(x, y), minus);
    const v1 = f32x4.mul(f32x4.sub(x, y), minus);
    x = v128.load(at);
    at += step;
    y = v128.load(at);
    at += step;
    const u2 = f32x4.mul(f32x4.add(x, y), third);
    const v2 = f32x4.mul(f32x4.sub(x, y), third);
    const s4 = v128.load(at);
    at += step;
    const s5 = v128.load(at);
    at = to;
    v128.store(at, fma(v2, near, f32x4.mul(v1, far)));
    at += toStep;
    v128.store(at, s5);
    at += toStep;
    v128.store(at, f32x4.add(s4, f32x4.add(u1, u2)));
    from += next;
    to += toNext;
  }
}
