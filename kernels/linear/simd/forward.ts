// @ts-nocheck: AssemblyScript, compiled by `deno task kernels`.

// Linear layer, `x` `[batch, inFeatures]` times `weight`
// `[outFeatures, inFeatures]` transposed, in tiles that stay in registers. Where a
// tile reaches over the right edge, the last column takes the place of the missing
// ones: it is computed twice, and is the same twice.

import { fma, sumOfLanes } from "../../lib/simd/fma.ts";
import { partStart } from "../../lib/simd/parts.ts";
import { dots, isWide } from "../../lib/simd/wide.ts";

/** Rows whose lanes there is memory for; with fewer than the least, tiles are faster. */
const MOST_WIDE_ROWS = 256, LEAST_WIDE_ROWS = 16;

@unmanaged
export class LinearForwardArgs {
  x: usize;
  weight: usize;
  /** 0 for none. */
  bias: usize;
  output: usize;
  batch: i32;
  inFeatures: i32;
  outFeatures: i32;
  /** 32 KiB for part 0, and bytes to the next part's; or 0. */
  memory: usize;
  memoryStride: i32;
}

/**
 * `output = x · weightᵀ + bias`. A tile is 2 rows by 5 columns, 1 by 5 in the end. Four lanes sum
 * the features of one remainder by 4 each, in order, then `(0 + 2) + (1 + 3)`,
 * then the features beyond the last four, then the bias. A part is an unbroken
 * range of the tiles; or of 8 columns each, or of pairs of rows.
 */
export function linearForward(
  args: LinearForwardArgs,
  part: i32,
  parts: i32,
): void {
  const batch = args.batch, columns = args.outFeatures;
  const isLarge = batch >= LEAST_WIDE_ROWS && columns >= 8 &&
    args.inFeatures >= 4;
  if (isWide != 0 && args.memory != 0 && isLarge) {
    const lanes = args.memory + <usize> (args.memoryStride * part);
    const stripes = columns >> 3;
    if (stripes >= 2 * parts) {
      const first = partStart(stripes, part, parts) << 3;
      const isLast = part + 1 == parts;
      const end = isLast ? columns : partStart(stripes, part + 1, parts) << 3;
      wideRange(args, lanes, 0, batch, first, end);
    } else {
      const pairs = (batch + 1) >> 1;
      const end = min(partStart(pairs, part + 1, parts) << 1, batch);
      const first = partStart(pairs, part, parts) << 1;
      wideRange(args, lanes, first, end, 0, columns);
    }
    return;
  }
  const tilesInRow = (columns + 4) / 5;
  const tiles = (batch + 1) / 2 * tilesInRow;
  const end = partStart(tiles, part + 1, parts);
  for (let tile = partStart(tiles, part, parts); tile < end; tile++) {
    linearTile(args, tile / tilesInRow * 2, tile % tilesInRow * 5);
  }
}

/**
 * Some rows and columns of the output: 8 columns at a time by dot products of 256 bits,
 * the last of rows and columns by tiles.
 */
function wideRange(
  args: LinearForwardArgs,
  lanes: usize,
  row: i32,
  rowEnd: i32,
  column: i32,
  columnEnd: i32,
): void {
  for (; row + 1 < rowEnd; row += MOST_WIDE_ROWS) {
    const rows = min(rowEnd - row, MOST_WIDE_ROWS) & ~1;
    let from = column;
    for (; from + 8 <= columnEnd; from += 8) {
      wideColumns(args, lanes, row, rows, from);
    }
    for (; from < columnEnd; from += 5) {
      for (let i = 0; i < rows; i += 2) linearTile(args, row + i, from);
    }
  }
  if ((rowEnd & 1) == 0) return;
  for (; column < columnEnd; column += 5) linearTile(args, rowEnd - 1, column);
}

/** 8 columns of some rows. */
function wideColumns(
  args: LinearForwardArgs,
  lanes: usize,
  row: i32,
  rows: i32,
  column: i32,
): void {
  const features = args.inFeatures, columns = args.outFeatures;
  const step: usize = features << 2;
  const x = args.x + <usize> row * step;
  const weight = args.weight + <usize> column * step;
  dots(x, step, weight, step, lanes, rows, features >> 2);
  const rest = features & 3;
  if (rest == 0) {
    const at: usize = column << 2;
    const bias = args.bias == 0 ? 0 : args.bias + at;
    let output = args.output + (<usize> (row * columns) << 2) + at;
    for (let i = 0; i < rows; i++) {
      putSums(lanes, bias, output);
      lanes += 128;
      output += <usize> columns << 2;
    }
    return;
  }
  const whole: usize = (features & ~3) << 2;
  for (let i: usize = 0; i < <usize> rows; i++) {
    const output = args.output + (<usize> ((row + <i32> i) * columns) << 2);
    for (let j: usize = 0; j < 8; j++) {
      finish(
        v128.load(lanes + (i << 7) + (j << 4)),
        x + i * step + whole,
        weight + j * step + whole,
        rest,
        args.bias,
        (<usize> column + j) << 2,
        output,
      );
    }
  }
}

/** Adds up the lanes of eight columns, and the bias, as {@link finish} does of one. */
function putSums(lanes: usize, bias: usize, output: usize): void {
  let left = sumsOfLanes(lanes), right = sumsOfLanes(lanes + 64);
  if (bias != 0) {
    left = f32x4.add(left, v128.load(bias));
    right = f32x4.add(right, v128.load(bias, 16));
  }
  v128.store(output, left);
  v128.store(output, right, 16);
}

/** The sums of four vectors' lanes, each as `sumOfLanes` has it. */
function sumsOfLanes(at: usize): v128 {
  const a = v128.load(at), b = v128.load(at, 16);
  const c = v128.load(at, 32), d = v128.load(at, 48);
  const ab = f32x4.add(
    v128.shuffle<f32>(a, b, 0, 4, 1, 5),
    v128.shuffle<f32>(a, b, 2, 6, 3, 7),
  );
  const cd = f32x4.add(
    v128.shuffle<f32>(c, d, 0, 4, 1, 5),
    v128.shuffle<f32>(c, d, 2, 6, 3, 7),
  );
  return f32x4.add(
    v128.shuffle<f32>(ab, cd, 0, 1, 4, 5),
    v128.shuffle<f32>(ab, cd, 2, 3, 6, 7),
  );
}

/** Two rows, or the last one, by five columns. */
function linearTile(args: LinearForwardArgs, row: i32, column: i32): void {
  const x = args.x;
  const weight = args.weight;
  const bias = args.bias;
  const output = args.output;
  const batch = args.batch;
  const features = args.inFeatures;
  const columns = args.outFeatures;
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
  if (below == row) {
    for (let at: usize = 0; at < whole; at += 16) {
      const x0 = v128.load(upper + at);
      s00 = fma(x0, v128.load(w0 + at), s00);
      s01 = fma(x0, v128.load(w1 + at), s01);
      s02 = fma(x0, v128.load(w2 + at), s02);
      s03 = fma(x0, v128.load(w3 + at), s03);
      s04 = fma(x0, v128.load(w4 + at), s04);
    }
  } else {
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
  if (below == row) return;
  finish(s10, lower + whole, w0 + whole, rest, bias, c0, out1);
  finish(s11, lower + whole, w1 + whole, rest, bias, c1, out1);
  finish(s12, lower + whole, w2 + whole, rest, bias, c2, out1);
  finish(s13, lower + whole, w3 + whole, rest, bias, c3, out1);
  finish(s14, lower + whole, w4 + whole, rest, bias, c4, out1);
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
