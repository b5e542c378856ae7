// @ts-nocheck: AssemblyScript, compiled by `deno task kernels`.

// The gradient of a linear layer with respect to the weight, in tiles that stay in
// registers. Beyond the last of the output's columns, that column takes the place
// of the missing ones: it is computed twice, and is the same twice.

import { fma } from "../../lib/simd/fma.ts";
import { partStart } from "../../lib/simd/parts.ts";
import { isWide, productColumns } from "../../lib/simd/wide.ts";

/** With fewer rows, copies of the right matrix take longer than they spare. */
const LEAST_WIDE_ROWS = 16;

@unmanaged
export class LinearWeightGradientArgs {
  gradOutput: usize;
  x: usize;
  gradWeight: usize;
  batch: i32;
  inFeatures: i32;
  outFeatures: i32;
}

/**
 * `gradWeight = gradOutputᵀ · x`. A tile is 5 of the output's columns by 8
 * features; each sum runs over the batch in order. A part is an unbroken range of
 * the features.
 */
export function linearWeightGradient(
  args: LinearWeightGradientArgs,
  part: i32,
  parts: i32,
): void {
  const gradOutput = args.gradOutput;
  const x = args.x;
  const gradWeight = args.gradWeight;
  const batch = args.batch;
  const features = args.inFeatures;
  const columns = args.outFeatures;
  const groups = features / 8;
  const end = partStart(groups, part + 1, parts) * 8;
  let feature = partStart(groups, part, parts) * 8;
  const wide = (end - feature) & ~15, rows = columns & ~3;
  let wideEnd = 0;
  if (isWide != 0 && wide > 0 && rows >= LEAST_WIDE_ROWS) {
    productColumns(
      gradOutput,
      columns << 2,
      x + (<usize> feature << 2),
      gradWeight + (<usize> feature << 2),
      features << 2,
      rows,
      batch,
      wide,
      false,
    );
    wideEnd = feature + wide;
  }
  for (; feature < end; feature += 8) {
    const first = feature < wideEnd ? rows : 0;
    for (let column = first; column < columns; column += 5) {
      weightTile(
        gradOutput,
        x + (<usize> feature << 2),
        gradWeight + (<usize> feature << 2),
        batch,
        <usize> features << 2,
        column,
        columns,
      );
    }
  }
  if (part + 1 < parts) return;
  for (; feature < features; feature++) {
    for (let column = 0; column < columns; column++) {
      let sum: f32 = 0;
      for (let row = 0; row < batch; row++) {
        const g = load<f32>(
          gradOutput + (<usize> (row * columns + column) << 2),
        );
        sum += g * load<f32>(x + (<usize> (row * features + feature) << 2));
      }
      const at: usize = (column * features + feature) << 2;
      store<f32>(gradWeight + at, sum);
    }
  }
}

/** Five columns by eight features: sums in registers, over the whole batch. */
function weightTile(
  gradOutput: usize,
  x: usize,
  gradWeight: usize,
  batch: i32,
  step: usize,
  column: i32,
  columns: i32,
): void {
  const last = columns - 1;
  const c0: usize = column;
  const c1: usize = min(column + 1, last);
  const c2: usize = min(column + 2, last);
  const c3: usize = min(column + 3, last);
  const c4: usize = min(column + 4, last);
  let s00 = f32x4.splat(0), s01 = s00, s10 = s00, s11 = s00, s20 = s00;
  let s21 = s00, s30 = s00, s31 = s00, s40 = s00, s41 = s00;
  for (let row = 0; row < batch; row++) {
    const x0 = v128.load(x), x1 = v128.load(x, 16);
    let g = v128.load32_splat(gradOutput + (c0 << 2));
    s00 = fma(g, x0, s00);
    s01 = fma(g, x1, s01);
    g = v128.load32_splat(gradOutput + (c1 << 2));
    s10 = fma(g, x0, s10);
    s11 = fma(g, x1, s11);
    g = v128.load32_splat(gradOutput + (c2 << 2));
    s20 = fma(g, x0, s20);
    s21 = fma(g, x1, s21);
    g = v128.load32_splat(gradOutput + (c3 << 2));
    s30 = fma(g, x0, s30);
    s31 = fma(g, x1, s31);
    g = v128.load32_splat(gradOutput + (c4 << 2));
    s40 = fma(g, x0, s40);
    s41 = fma(g, x1, s41);
    x += step;
    gradOutput += <usize> columns << 2;
  }
  store8(gradWeight + c0 * step, s00, s01);
  store8(gradWeight + c1 * step, s10, s11);
  store8(gradWeight + c2 * step, s20, s21);
  store8(gradWeight + c3 * step, s30, s31);
  store8(gradWeight + c4 * step, s40, s41);
}

function store8(at: usize, low: v128, high: v128): void {
  v128.store(at, low);
  v128.store(at, high, 16);
}
