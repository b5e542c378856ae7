// @ts-nocheck: AssemblyScript, compiled by `deno task kernels`.

// The products between Winograd's transforms: one product of small matrices for
// each frequency of a tile, in tiles of 4 by 8 that stay in registers.

import { fma } from "../../../lib/simd/fma.ts";
import { isWide, productColumns, productRows } from "../../../lib/simd/wide.ts";
import { weightsOf } from "./_transforms_strided.ts";

/**
 * `c = a · b` for each of some frequencies: a `[rows, inner]`, b `[inner, columns]`, c
 * `[rows, columns]`; rows and inner are multiples of 4, columns one of 8. Sums
 * run over inner in order. The steps are bytes from one frequency to the next.
 * Each a is transposed first, into `transposed`, for loops that load least are fastest
 * with 128 bits.
 * Some of the 81 frequencies of a stride of 2 share their b.
 */
export function multiplyFrequencies(
  a: usize,
  aStep: usize,
  b: usize,
  bStep: usize,
  c: usize,
  cStep: usize,
  rows: i32,
  inner: i32,
  columns: i32,
  transposed: usize,
  frequencies: i32,
): void {
  for (let i = 0; i < frequencies; i++) {
    const own = b + <usize> (frequencies == 81 ? weightsOf(i) : i) * bStep;
    if (isWide != 0 && (columns & 15) == 0) {
      const row: usize = columns << 2;
      productRows(a, inner << 2, own, c, row, rows, inner, columns, false);
    } else {
      transpose(a, rows, inner, transposed);
      multiply(transposed, own, c, rows, inner, columns, false);
    }
    a += aStep;
    c += cStep;
  }
}

/** `[rows, columns]` as `[columns, rows]`, both multiples of 4. */
function transpose(from: usize, rows: i32, columns: i32, to: usize): void {
  const row: usize = columns << 2, toRow: usize = rows << 2;
  for (let i: usize = 0; i < toRow; i += 16) {
    for (let j: usize = 0; j < row; j += 16) {
      let at = from + (i >> 2) * row + j;
      const a = v128.load(at);
      at += row;
      const b = v128.load(at);
      at += row;
      const c = v128.load(at);
      at += row;
      const d = v128.load(at);
      const ab = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
      const cd = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
      const AB = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
      const CD = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
      at = to + (j >> 2) * toRow + i;
      v128.store(at, v128.shuffle<f32>(ab, cd, 0, 1, 4, 5));
      at += toRow;
      v128.store(at, v128.shuffle<f32>(ab, cd, 2, 3, 6, 7));
      at += toRow;
      v128.store(at, v128.shuffle<f32>(AB, CD, 0, 1, 4, 5));
      at += toRow;
      v128.store(at, v128.shuffle<f32>(AB, CD, 2, 3, 6, 7));
    }
  }
}

/**
 * `c += aᵀ · b` for each of some frequencies: a `[inner, rows]`, b `[inner, columns]`, c
 * `[rows, columns]`; rows is a multiple of 4, columns one of 8. Some of the 81
 * frequencies of a stride of 2 share their c: they are added in order.
 */
export function accumulateFrequencies(
  a: usize,
  aStep: usize,
  b: usize,
  bStep: usize,
  c: usize,
  cStep: usize,
  rows: i32,
  inner: i32,
  columns: i32,
  frequencies: i32,
): void {
  for (let i = 0; i < frequencies; i++) {
    const own = c + <usize> (frequencies == 81 ? weightsOf(i) : i) * cStep;
    multiply(a, b, own, rows, inner, columns, true);
    a += aStep;
    b += bStep;
  }
}

/**
 * `c = aᵀ · b`, or `c += aᵀ · b`: a `[inner, rows]`, b `[inner, columns]`, c `[rows,
 * columns]`; rows is a multiple of 4, columns one of 8.
 */
export function multiply(
  a: usize,
  b: usize,
  c: usize,
  rows: i32,
  inner: i32,
  columns: i32,
  adds: bool,
): void {
  const aRow: usize = rows << 2, cRow: usize = columns << 2;
  let first: usize = 0;
  if (isWide != 0 && columns >= 16) {
    productColumns(a, aRow, b, c, cRow, rows, inner, columns, adds);
    first = cRow & ~63;
  }
  for (let row: usize = 0; row < aRow; row += 16) {
    for (let column = first; column < cRow; column += 32) {
      multiplyTile(
        a + row,
        aRow,
        b + column,
        cRow,
        c + (row >> 2) * cRow + column,
        inner,
        adds,
      );
    }
  }
}

/** Four rows and eight columns of {@link multiply}. */
export function multiplyTile(
  a: usize,
  aRow: usize,
  b: usize,
  bRow: usize,
  c: usize,
  inner: i32,
  adds: bool,
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
  put8(c, l0, r0, adds);
  put8(c + bRow, l1, r1, adds);
  put8(c + 2 * bRow, l2, r2, adds);
  put8(c + 3 * bRow, l3, r3, adds);
}

function put8(at: usize, left: v128, right: v128, adds: bool): void {
  if (adds) {
    left = f32x4.add(v128.load(at), left);
    right = f32x4.add(v128.load(at, 16), right);
  }
  v128.store(at, left);
  v128.store(at, right, 16);
}
