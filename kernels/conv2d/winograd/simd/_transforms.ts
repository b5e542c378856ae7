// @ts-nocheck: AssemblyScript, compiled by `deno task kernels`.

// The transforms of Winograd's F(4×4, 5×5): Lavin and Gray, "Fast Algorithms for
// Convolutional Neural Networks" (2016), over the points 0, ±1, ±2, ±½, ∞. With
// an input tile d of 8×8, a kernel g of 5×5 and an output tile y of 4×4,
//
//   y = Aᵀ [(G g Gᵀ) ⊙ (Bᵀ d B)] A
//
// and the gradients are the same read backwards: of d,
// `B [(G g Gᵀ) ⊙ (A ∂y Aᵀ)] Bᵀ`, and of g, `Gᵀ [(Bᵀ d B) ⊙ (A ∂y Aᵀ)] G`.
//
// Each function here is one side of such a product: it takes `count` columns,
// `next` bytes apart, whose elements lie `step` bytes apart, four channels in a
// vector, and writes as many; twice makes a transform.

import { constant } from "../../../lib/simd/constant.ts";
import { fma } from "../../../lib/simd/fma.ts";

/** What the transforms multiply by, by size. */
const FACTORS = memory.data<f32>([
  0.125,
  0.25,
  0.5,
  -1.25,
  2,
  -2.5,
  4,
  -4.25,
  -5,
  5.25,
  8,
]);

/** `Bᵀ`: 8 elements to 8. */
export function transformInput(
  from: usize,
  step: usize,
  next: usize,
  to: usize,
  toStep: usize,
  toNext: usize,
  count: i32,
): void {
  const c21 = constant(FACTORS, 9), c17 = constant(FACTORS, 7);
  const c5 = constant(FACTORS, 8), c54 = constant(FACTORS, 3);
  const c52 = constant(FACTORS, 5),
    c2 = constant(FACTORS, 4),
    c4 = constant(FACTORS, 6);
  const half = constant(FACTORS, 2), quarter = constant(FACTORS, 1);
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
    at += step;
    const x6 = v128.load(at);
    at += step;
    const x7 = v128.load(at);
    at = to;
    v128.store(at, fma(f32x4.sub(x4, x2), c21, f32x4.sub(x0, x6)));
    at += toStep;
    let even = fma(x4, c17, f32x4.add(x2, x6));
    let odd = fma(x3, c17, f32x4.add(x1, x5));
    v128.store(at, f32x4.add(even, odd));
    at += toStep;
    v128.store(at, f32x4.sub(even, odd));
    at += toStep;
    even = fma(x4, c54, fma(x2, quarter, x6));
    odd = fma(x5, c2, fma(x3, c52, f32x4.mul(x1, half)));
    v128.store(at, f32x4.add(even, odd));
    at += toStep;
    v128.store(at, f32x4.sub(even, odd));
    at += toStep;
    even = fma(x4, c5, fma(x2, c4, x6));
    odd = fma(x5, half, fma(x3, c52, f32x4.mul(x1, c2)));
    v128.store(at, f32x4.add(even, odd));
    at += toStep;
    v128.store(at, f32x4.sub(even, odd));
    at += toStep;
    v128.store(at, fma(f32x4.sub(x3, x5), c21, f32x4.sub(x7, x1)));
    from += next;
    to += toNext;
  }
}

/** `B`: 8 elements to 8, stored by `Put.store`. */
export function transformInputBack<Put>(
  from: usize,
  step: usize,
  next: usize,
  to: usize,
  toStep: usize,
  toNext: usize,
): void {
  const put = changetype<Put>(0);
  const c21 = constant(FACTORS, 9), c17 = constant(FACTORS, 7);
  const c5 = constant(FACTORS, 8), c54 = constant(FACTORS, 3);
  const c52 = constant(FACTORS, 5),
    c2 = constant(FACTORS, 4),
    c4 = constant(FACTORS, 6);
  const half = constant(FACTORS, 2), quarter = constant(FACTORS, 1);
  for (let i = 0; i < 8; i++) {
    let at = from;
    const v0 = v128.load(at);
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
    x = v128.load(at);
    at += step;
    y = v128.load(at);
    at += step;
    const s3 = f32x4.add(x, y), d3 = f32x4.sub(x, y);
    const v7 = v128.load(at);
    at = to;
    put.store(at, v0);
    at += toStep;
    put.store(at, fma(d3, c2, fma(d2, half, f32x4.sub(d1, v7))));
    at += toStep;
    put.store(
      at,
      f32x4.sub(fma(s3, c4, fma(s2, quarter, s1)), f32x4.mul(v0, c21)),
    );
    at += toStep;
    const sum = f32x4.add(d2, d3);
    put.store(at, fma(v7, c21, fma(sum, c52, f32x4.mul(d1, c17))));
    at += toStep;
    put.store(
      at,
      fma(v0, c21, fma(s3, c5, fma(s2, c54, f32x4.mul(s1, c17)))),
    );
    at += toStep;
    put.store(
      at,
      f32x4.sub(fma(d3, half, fma(d2, c2, d1)), f32x4.mul(v7, c21)),
    );
    at += toStep;
    put.store(at, f32x4.sub(f32x4.add(s1, f32x4.add(s2, s3)), v0));
    at += toStep;
    put.store(at, v7);
    from += next;
    to += toNext;
  }
}

/** `Aᵀ`: 8 elements to 4. */
export function transformOutput(
  from: usize,
  step: usize,
  next: usize,
  to: usize,
  toStep: usize,
  toNext: usize,
  count: i32,
): void {
  const c2 = constant(FACTORS, 4),
    c4 = constant(FACTORS, 6),
    c8 = constant(FACTORS, 10);
  const half = constant(FACTORS, 2), quarter = constant(FACTORS, 1);
  const eighth = constant(FACTORS, 0);
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
    x = v128.load(at);
    at += step;
    y = v128.load(at);
    at += step;
    const s3 = f32x4.add(x, y), d3 = f32x4.sub(x, y);
    const m7 = v128.load(at);
    at = to;
    v128.store(at, f32x4.add(f32x4.add(m0, s1), f32x4.add(s2, s3)));
    at += toStep;
    v128.store(at, fma(d2, c2, fma(d3, half, d1)));
    at += toStep;
    v128.store(at, fma(s2, c4, fma(s3, quarter, s1)));
    at += toStep;
    v128.store(at, fma(d2, c8, fma(d3, eighth, f32x4.add(d1, m7))));
    from += next;
    to += toNext;
  }
}

/** `A`: 4 elements to 8. */
export function transformOutputBack(
  from: usize,
  step: usize,
  next: usize,
  to: usize,
  toStep: usize,
  toNext: usize,
  count: i32,
): void {
  const c2 = constant(FACTORS, 4),
    c4 = constant(FACTORS, 6),
    c8 = constant(FACTORS, 10);
  const half = constant(FACTORS, 2), quarter = constant(FACTORS, 1);
  const eighth = constant(FACTORS, 0);
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
    let even = f32x4.add(y0, y2), odd = f32x4.add(y1, y3);
    v128.store(at, f32x4.add(even, odd));
    at += toStep;
    v128.store(at, f32x4.sub(even, odd));
    at += toStep;
    even = fma(y2, c4, y0);
    odd = fma(y3, c8, f32x4.mul(y1, c2));
    v128.store(at, f32x4.add(even, odd));
    at += toStep;
    v128.store(at, f32x4.sub(even, odd));
    at += toStep;
    even = fma(y2, quarter, y0);
    odd = fma(y3, eighth, f32x4.mul(y1, half));
    v128.store(at, f32x4.add(even, odd));
    at += toStep;
    v128.store(at, f32x4.sub(even, odd));
    at += toStep;
    v128.store(at, y3);
    from += next;
    to += toNext;
  }
}
