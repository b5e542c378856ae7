// @ts-nocheck: AssemblyScript, compiled by `deno task kernels`.

// The products between Winograd's transforms: one product of small matrices for
// each of the 64 places of a tile, in tiles of 4 by 8 that stay in registers.

import { fma } from "./_simd.ts";

/** Places of a transformed tile. */
export const PLACES = 64;

/**
 * `c = a · b` at each place: a `[rows, inner]`, b `[inner, columns]`, c
 * `[rows, columns]`; rows and inner are multiples of 4, columns one of 8. Sums
 * run over inner in order. The steps are bytes from place to place.
 */
export function multiplyPlaces(
  a: usize,
  aStep: usize,
  b: usize,
  bStep: usize,
  c: usize,
  cStep: usize,
  rows: i32,
  inner: i32,
  columns: i32,
): void {
  const aRow: usize = inner << 2, cRow: usize = columns << 2;
  for (let place = 0; place < PLACES; place++) {
    for (let column: usize = 0; column < cRow; column += 32) {
      for (let row: usize = 0; row < <usize> rows; row += 4) {
        multiplyTile(
          a + row * aRow,
          aRow,
          b + column,
          cRow,
          c + row * cRow + column,
        );
      }
    }
    a += aStep;
    b += bStep;
    c += cStep;
  }
}

function multiplyTile(
  a0: usize,
  aRow: usize,
  b: usize,
  bRow: usize,
  c: usize,
): void {
  const a1 = a0 + aRow, a2 = a1 + aRow, a3 = a2 + aRow;
  let l0 = f32x4.splat(0), l1 = l0, l2 = l0, l3 = l0;
  let r0 = l0, r1 = l0, r2 = l0, r3 = l0;
  for (let at: usize = 0; at < aRow; at += 16) {
    const x0 = v128.load(a0 + at), x1 = v128.load(a1 + at);
    const x2 = v128.load(a2 + at), x3 = v128.load(a3 + at);
    let left = v128.load(b), right = v128.load(b, 16);
    let x = v128.shuffle<f32>(x0, x0, 0, 0, 0, 0);
    l0 = fma(x, left, l0);
    r0 = fma(x, right, r0);
    x = v128.shuffle<f32>(x1, x1, 0, 0, 0, 0);
    l1 = fma(x, left, l1);
    r1 = fma(x, right, r1);
    x = v128.shuffle<f32>(x2, x2, 0, 0, 0, 0);
    l2 = fma(x, left, l2);
    r2 = fma(x, right, r2);
    x = v128.shuffle<f32>(x3, x3, 0, 0, 0, 0);
    l3 = fma(x, left, l3);
    r3 = fma(x, right, r3);
    b += bRow;
    left = v128.load(b);
    right = v128.load(b, 16);
    x = v128.shuffle<f32>(x0, x0, 1, 1, 1, 1);
    l0 = fma(x, left, l0);
    r0 = fma(x, right, r0);
    x = v128.shuffle<f32>(x1, x1, 1, 1, 1, 1);
    l1 = fma(x, left, l1);
    r1 = fma(x, right, r1);
    x = v128.shuffle<f32>(x2, x2, 1, 1, 1, 1);
    l2 = fma(x, left, l2);
    r2 = fma(x, right, r2);
    x = v128.shuffle<f32>(x3, x3, 1, 1, 1, 1);
    l3 = fma(x, left, l3);
    r3 = fma(x, right, r3);
    b += bRow;
    left = v128.load(b);
    right = v128.load(b, 16);
    x = v128.shuffle<f32>(x0, x0, 2, 2, 2, 2);
    l0 = fma(x, left, l0);
    r0 = fma(x, right, r0);
    x = v128.shuffle<f32>(x1, x1, 2, 2, 2, 2);
    l1 = fma(x, left, l1);
    r1 = fma(x, right, r1);
    x = v128.shuffle<f32>(x2, x2, 2, 2, 2, 2);
    l2 = fma(x, left, l2);
    r2 = fma(x, right, r2);
    x = v128.shuffle<f32>(x3, x3, 2, 2, 2, 2);
    l3 = fma(x, left, l3);
    r3 = fma(x, right, r3);
    b += bRow;
    left = v128.load(b);
    right = v128.load(b, 16);
    x = v128.shuffle<f32>(x0, x0, 3, 3, 3, 3);
    l0 = fma(x, left, l0);
    r0 = fma(x, right, r0);
    x = v128.shuffle<f32>(x1, x1, 3, 3, 3, 3);
    l1 = fma(x, left, l1);
    r1 = fma(x, right, r1);
    x = v128.shuffle<f32>(x2, x2, 3, 3, 3, 3);
    l2 = fma(x, left, l2);
    r2 = fma(x, right, r2);
    x = v128.shuffle<f32>(x3, x3, 3, 3, 3, 3);
    l3 = fma(x, left, l3);
    r3 = fma(x, right, r3);
    b += bRow;
  }
  v128.store(c, l0);
  v128.store(c, r0, 16);
  c += bRow;
  v128.store(c, l1);
  v128.store(c, r1, 16);
  c += bRow;
  v128.store(c, l2);
  v128.store(c, r2, 16);
  c += bRow;
  v128.store(c, l3);
  v128.store(c, r3, 16);
}

/**
 * `c += aᵀ · b` at each place: a `[inner, rows]`, b `[inner, columns]`, c
 * `[rows, columns]`; rows is a multiple of 4, columns one of 8.
 */
export function accumulatePlaces(
  a: usize,
  aStep: usize,
  b: usize,
  bStep: usize,
  c: usize,
  cStep: usize,
  rows: i32,
  inner: i32,
  columns: i32,
): void {
  const aRow: usize = rows << 2, cRow: usize = columns << 2;
  for (let place = 0; place < PLACES; place++) {
    for (let row: usize = 0; row < aRow; row += 16) {
      for (let column: usize = 0; column < cRow; column += 32) {
        accumulateTile(
          a + row,
          aRow,
          b + column,
          cRow,
          c + (row >> 2) * cRow + column,
          inner,
        );
      }
    }
    a += aStep;
    b += bStep;
    c += cStep;
  }
}

function accumulateTile(
  a: usize,
  aRow: usize,
  b: usize,
  bRow: usize,
  c: usize,
  inner: i32,
): void {
  let l0 = f32x4.splat(0), l1 = l0, l2 = l0, l3 = l0;
  let r0 = l0, r1 = l0, r2 = l0, r3 = l0;
  for (let i = 0; i < inner; i++) {
    const all = v128.load(a);
    const left = v128.load(b), right = v128.load(b, 16);
    let x = v128.shuffle<f32>(all, all, 0, 0, 0, 0);
    l0 = fma(x, left, l0);
    r0 = fma(x, right, r0);
    x = v128.shuffle<f32>(all, all, 1, 1, 1, 1);
    l1 = fma(x, left, l1);
    r1 = fma(x, right, r1);
    x = v128.shuffle<f32>(all, all, 2, 2, 2, 2);
    l2 = fma(x, left, l2);
    r2 = fma(x, right, r2);
    x = v128.shuffle<f32>(all, all, 3, 3, 3, 3);
    l3 = fma(x, left, l3);
    r3 = fma(x, right, r3);
    a += aRow;
    b += bRow;
  }
  add8(c, l0, r0);
  add8(c + bRow, l1, r1);
  add8(c + 2 * bRow, l2, r2);
  add8(c + 3 * bRow, l3, r3);
}

function add8(at: usize, left: v128, right: v128): void {
  v128.store(at, f32x4.add(v128.load(at), left));
  v128.store(at, f32x4.add(v128.load(at, 16), right), 16);
}
