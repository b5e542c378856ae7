// @ts-nocheck: AssemblyScript, compiled by `deno task kernels`.

// The gradient of a linear layer with respect to x, in tiles that stay in
// registers. Below the last row, that row takes the place of the missing ones: it
// is computed twice, and is the same twice.

import { fma } from "../../lib/simd/fma.ts";
import { partStart } from "../../lib/simd/parts.ts";
import { isWide, productRows } from "../../lib/simd/wide.ts";

/** With fewer rows, copies of the right matrix take longer than they spare. */
const LEAST_WIDE_ROWS = 16;

@unmanaged
export class LinearInputGradientArgs {
  gradOutput: usize;
  weight: usize;
  gradX: usize;
  batch: i32;
  inFeatures: i32;
  outFeatures: i32;
}

/**
 * `gradX = gradOutput · weight`. A tile is 4 rows by 8 features; each sum runs
 * over the output's columns in order. A part is an unbroken range of the groups
 * of 4 rows.
 */
export function linearInputGradient(
  args: LinearInputGradientArgs,
  part: i32,
  parts: i32,
): void {
  const gradOutput = args.gradOutput;
  const weight = args.weight;
  const gradX = args.gradX;
  const batch = args.batch;
  const features = args.inFeatures;
  const columns = args.outFeatures;
  const groups = (batch + 3) / 4;
  const end = partStart(groups, part + 1, parts);
  const start = partStart(groups, part, parts);
  const wideRows = (min(end * 4, batch) - start * 4) & ~3;
  const isWidePart = isWide != 0 && wideRows >= LEAST_WIDE_ROWS &&
    features >= 16;
  if (isWidePart) {
    productRows(
      gradOutput + (<usize> (start * 4 * columns) << 2),
      columns << 2,
      weight,
      gradX + (<usize> (start * 4 * features) << 2),
      features << 2,
      wideRows,
      columns,
      features,
      false,
    );
  }
  const wideEnd = isWidePart ? start * 4 + wideRows : 0;
  for (let group = start; group < end; group++) {
    const row = group * 4;
    const last = batch - 1;
    const r1 = min(row + 1, last), r2 = min(row + 2, last);
    const r3 = min(row + 3, last);
    const g0 = gradOutput + (<usize> (row * columns) << 2);
    const g1 = gradOutput + (<usize> (r1 * columns) << 2);
    const g2 = gradOutput + (<usize> (r2 * columns) << 2);
    const g3 = gradOutput + (<usize> (r3 * columns) << 2);
    const x0 = gradX + (<usize> (row * features) << 2);
    const x1 = gradX + (<usize> (r1 * features) << 2);
    const x2 = gradX + (<usize> (r2 * features) << 2);
    const x3 = gradX + (<usize> (r3 * features) << 2);
    let feature = row < wideEnd ? features & ~15 : 0;
    for (; feature + 8 <= features; feature += 8) {
      inputTile(
        g0,
        g1,
        g2,
        g3,
        weight + (<usize> feature << 2),
        <usize> features << 2,
        <usize> columns << 2,
        x0 + (<usize> feature << 2),
        x1 + (<usize> feature << 2),
        x2 + (<usize> feature << 2),
        x3 + (<usize> feature << 2),
      );
    }
    for (; feature < features; feature++) {
      for (let below = 0; below < 4 && row + below < batch; below++) {
        const g = gradOutput + (<usize> ((row + below) * columns) << 2);
        let sum: f32 = 0;
        for (let column = 0; column < columns; column++) {
          const w = load<f32>(
            weight + (<usize> (column * features + feature) << 2),
          );
          sum += load<f32>(g + (<usize> column << 2)) * w;
        }
        const at: usize = ((row + below) * features + feature) << 2;
        store<f32>(gradX + at, sum);
      }
    }
  }
}

/** Four rows by eight features: sums in registers, over all columns. */
function inputTile(
  g0: usize,
  g1: usize,
  g2: usize,
  g3: usize,
  weight: usize,
  step: usize,
  columns: usize,
  x0: usize,
  x1: usize,
  x2: usize,
  x3: usize,
): void {
  let s00 = f32x4.splat(0), s01 = s00, s10 = s00, s11 = s00;
  let s20 = s00, s21 = s00, s30 = s00, s31 = s00;
  for (let at: usize = 0; at < columns; at += 4) {
    const w0 = v128.load(weight), w1 = v128.load(weight, 16);
    let g = v128.load32_splat(g0 + at);
    s00 = fma(g, w0, s00);
    s01 = fma(g, w1, s01);
    g = v128.load32_splat(g1 + at);
    s10 = fma(g, w0, s10);
    s11 = fma(g, w1, s11);
    g = v128.load32_splat(g2 + at);
    s20 = fma(g, w0, s20);
    s21 = fma(g, w1, s21);
    g = v128.load32_splat(g3 + at);
    s30 = fma(g, w0, s30);
    s31 = fma(g, w1, s31);
    weight += step;
  }
  v128.store(x0, s00);
  v128.store(x0, s01, 16);
  v128.store(x1, s10);
  v128.store(x1, s11, 16);
  v128.store(x2, s20);
  v128.store(x2, s21, 16);
  v128.store(x3, s30);
  v128.store(x3, s31, 16);
}
