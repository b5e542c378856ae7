// @ts-nocheck: AssemblyScript, compiled by `deno task kernels`.

// Linear layer, `x` `[batch, inFeatures]` times `weight`
// `[outFeatures, inFeatures]` transposed, and its gradients, in tiles that stay
// in registers. Where a tile reaches over the edge, the last row or column takes
// the place of the missing ones: it is computed twice, and is the same twice.

import { fma, sumOfLanes } from "../lib/simd/fma.ts";
import { partStart } from "../lib/simd/parts.ts";

/**
 * `output = x · weightᵀ + bias`. A tile is 2 rows by 5 columns. Four lanes sum
 * the features of one remainder by 4 each, in order, then `(0 + 2) + (1 + 3)`,
 * then the features beyond the last four, then the bias. Arguments: x, weight,
 * bias or 0, output, batch, inFeatures, outFeatures.
 */
export function linearForward(args: usize, thread: i32, threads: i32): void {
  const x: usize = load<u32>(args);
  const weight: usize = load<u32>(args, 4);
  const bias: usize = load<u32>(args, 8);
  const output: usize = load<u32>(args, 12);
  const batch = load<i32>(args, 16);
  const features = load<i32>(args, 20);
  const columns = load<i32>(args, 24);
  const tilesInRow = (columns + 4) / 5;
  const tiles = (batch + 1) / 2 * tilesInRow;
  const end = partStart(tiles, thread + 1, threads);
  for (let tile = partStart(tiles, thread, threads); tile < end; tile++) {
    const row = tile / tilesInRow * 2;
    const column = tile % tilesInRow * 5;
    const below = min(row + 1, batch - 1);
    const upper = x + (<usize> (row * features) << 2);
    const lower = x + (<usize> (below * features) << 2);
    const lastRow = weight + (<usize> ((columns - 1) * features) << 2);
    const step: usize = features << 2;
    const w0 = weight + (<usize> (column * features) << 2);
    const w1 = min(w0 + step, lastRow);
    const w2 = min(w1 + step, lastRow);
    const w3 = min(w2 + step, lastRow);
    const w4 = min(w3 + step, lastRow);
    let s00 = f32x4.splat(0), s01 = s00, s02 = s00, s03 = s00, s04 = s00;
    let s10 = s00, s11 = s00, s12 = s00, s13 = s00, s14 = s00;
    const whole: usize = (features & ~3) << 2;
    for (let at: usize = 0; at < whole; at += 16) {
      const x0 = v128.load(upper + at);
      const x1 = v128.load(lower + at);
      let w = v128.load(w0 + at);
      s00 = fma(x0, w, s00);
      s10 = fma(x1, w, s10);
      w = v128.load(w1 + at);
      s01 = fma(x0, w, s01);
      s11 = fma(x1, w, s11);
      w = v128.load(w2 + at);
      s02 = fma(x0, w, s02);
      s12 = fma(x1, w, s12);
      w = v128.load(w3 + at);
      s03 = fma(x0, w, s03);
      s13 = fma(x1, w, s13);
      w = v128.load(w4 + at);
      s04 = fma(x0, w, s04);
      s14 = fma(x1, w, s14);
    }
    const rest = features & 3;
    const out0 = output + (<usize> (row * columns) << 2);
    const out1 = output + (<usize> (below * columns) << 2);
    const c0: usize = column << 2;
    const last: usize = (columns - 1) << 2;
    const c1 = min(c0 + 4, last);
    const c2 = min(c1 + 4, last);
    const c3 = min(c2 + 4, last);
    const c4 = min(c3 + 4, last);
    finish(s00, upper + whole, w0 + whole, rest, bias, c0, out0);
    finish(s01, upper + whole, w1 + whole, rest, bias, c1, out0);
    finish(s02, upper + whole, w2 + whole, rest, bias, c2, out0);
    finish(s03, upper + whole, w3 + whole, rest, bias, c3, out0);
    finish(s04, upper + whole, w4 + whole, rest, bias, c4, out0);
    finish(s10, lower + whole, w0 + whole, rest, bias, c0, out1);
    finish(s11, lower + whole, w1 + whole, rest, bias, c1, out1);
    finish(s12, lower + whole, w2 + whole, rest, bias, c2, out1);
    finish(s13, lower + whole, w3 + whole, rest, bias, c3, out1);
    finish(s14, lower + whole, w4 + whole, rest, bias, c4, out1);
  }
}

/** Adds up what the lanes hold, the last features and the bias. */
function finish(
  lanes: v128,
  x: usize,
  weight: usize,
  rest: i32,
  bias: usize,
  column: usize,
  output: usize,
): void {
  let sum = sumOfLanes(lanes);
  for (let i = 0; i < rest; i++) {
    const at: usize = i << 2;
    sum += load<f32>(x + at) * load<f32>(weight + at);
  }
  if (bias != 0) sum += load<f32>(bias + column);
  store<f32>(output + column, sum);
}

/**
 * `gradX = gradOutput · weight`. A tile is 4 rows by 8 features; each sum runs
 * over the output's columns in order. Arguments: gradOutput, weight, gradX,
 * batch, inFeatures, outFeatures.
 */
export function linearInputGradient(
  args: usize,
  thread: i32,
  threads: i32,
): void {
  const gradOutput: usize = load<u32>(args);
  const weight: usize = load<u32>(args, 4);
  const gradX: usize = load<u32>(args, 8);
  const batch = load<i32>(args, 12);
  const features = load<i32>(args, 16);
  const columns = load<i32>(args, 20);
  const groups = (batch + 3) / 4;
  const end = partStart(groups, thread + 1, threads);
  for (let group = partStart(groups, thread, threads); group < end; group++) {
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
    let feature = 0;
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

/**
 * `gradWeight = gradOutputᵀ · x`. A tile is 5 of the output's columns by 8
 * features; each sum runs over the batch in order. A thread computes an unbroken
 * part of the features. Arguments: gradOutput, x, gradWeight, batch, inFeatures,
 * outFeatures.
 */
export function linearWeightGradient(
  args: usize,
  thread: i32,
  threads: i32,
): void {
  const gradOutput: usize = load<u32>(args);
  const x: usize = load<u32>(args, 4);
  const gradWeight: usize = load<u32>(args, 8);
  const batch = load<i32>(args, 12);
  const features = load<i32>(args, 16);
  const columns = load<i32>(args, 20);
  const groups = features / 8;
  const end = partStart(groups, thread + 1, threads) * 8;
  let feature = partStart(groups, thread, threads) * 8;
  for (; feature < end; feature += 8) {
    for (let column = 0; column < columns; column += 5) {
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
  if (thread + 1 < threads) return;
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

/** `gradBias = Σ gradOutput` over the batch, in order and in f64. Arguments: gradOutput, gradBias, batch, outFeatures. */
export function linearBiasGradient(
  args: usize,
  _thread: i32,
  _threads: i32,
): void {
  const gradOutput: usize = load<u32>(args);
  const gradBias: usize = load<u32>(args, 4);
  const batch = load<i32>(args, 8);
  const columns = load<i32>(args, 12);
  for (let column = 0; column < columns; column++) {
    let sum: f64 = 0;
    for (let row = 0; row < batch; row++) {
      sum += load<f32>(gradOutput + (<usize> (row * columns + column) << 2));
    }
    store<f32>(gradBias + (<usize> column << 2), <f32> sum);
  }
}
