// @ts-nocheck: AssemblyScript, compiled by `deno task kernels`.

// Softmax with cross-entropy of `[batch, classes]` against labels, which may be
// smoothed, and its gradient. The largest logit of a row is taken off before
// `exp`, so that none overflows. A part is an unbroken range of the rows.

import { largestColumn } from "../../lib/simd/largest_column.ts";
import { partStart } from "../../lib/simd/parts.ts";
import { sumOf } from "../../lib/simd/sums.ts";
import { exp4, log } from "./math.ts";

@unmanaged
export class CrossEntropyRowsArgs {
  logits: usize;
  labels: usize;
  gradLogits: usize;
  /** f64 `[batch]`, then i32 `[batch]`: 1 where the prediction is correct. */
  losses: usize;
  batch: i32;
  classes: i32;
  labelSmoothing: f32;
}

/**
 * The gradient of each row, its loss, and whether its prediction is correct. A
 * row's sum runs over classes in order, in f64.
 */
export function crossEntropyRows(
  args: CrossEntropyRowsArgs,
  part: i32,
  parts: i32,
): void {
  const logits = args.logits;
  const labels = args.labels;
  const gradLogits = args.gradLogits;
  const losses = args.losses;
  const batch = args.batch;
  const classes = args.classes;
  const smoothing = args.labelSmoothing;
  const correct = losses + (<usize> batch << 3);
  const length: usize = classes << 2;
  const end = partStart(batch, part + 1, parts);
  for (let row = partStart(batch, part, parts); row < end; row++) {
    const scores = logits + <usize> row * length;
    const gradients = gradLogits + <usize> row * length;
    const label = load<i32>(labels + (<usize> row << 2));
    const best = largestColumn(logits, row, classes);
    const largest = load<f32>(scores + (<usize> best << 2));
    const sum = exponentials(scores, gradients, length, largest);
    differences(gradients, sum, label, batch, classes, smoothing);
    let loss: f64 = NaN;
    if (<u32> label < <u32> classes) {
      const own: f64 = load<f32>(scores + (<usize> label << 2));
      let expected = own;
      if (smoothing > 0) {
        const mean = sumOf(scores, classes) / <f64> classes;
        expected += <f64> smoothing * (mean - own);
      }
      loss = log(sum) + <f64> largest - expected;
    }
    store<f64>(losses + (<usize> row << 3), loss);
    store<i32>(correct + (<usize> row << 2), best == label ? 1 : 0);
  }
}

/** Makes the exponentials of a row its gradient: `(share − target) / batch`. */
function differences(
  row: usize,
  sum: f64,
  label: i32,
  batch: i32,
  classes: i32,
  smoothing: f32,
): void {
  const spread: f32 = smoothing / <f32> classes;
  const factor: f32 = 1 / <f32> batch;
  for (let column = 0; column < classes; column++) {
    const at = row + (<usize> column << 2);
    const share = <f32> (<f64> load<f32>(at) / sum);
    const own: f32 = column == label ? 1 - smoothing : 0;
    store<f32>(at, factor * (share - (own + spread)));
  }
}

/** Writes `exp(score − largest)` of a row and gives their sum. */
function exponentials(
  scores: usize,
  shares: usize,
  length: usize,
  largest: f32,
): f64 {
  const most = f32x4.splat(largest);
  let sum: f64 = 0;
  let at: usize = 0;
  for (; at + 16 <= length; at += 16) {
    const values = exp4(f32x4.sub(v128.load(scores + at), most));
    v128.store(shares + at, values);
    sum += f32x4.extract_lane(values, 0);
    sum += f32x4.extract_lane(values, 1);
    sum += f32x4.extract_lane(values, 2);
    sum += f32x4.extract_lane(values, 3);
  }
  for (; at < length; at += 4) {
    const score = f32x4.splat(load<f32>(scores + at));
    const value = f32x4.extract_lane(exp4(f32x4.sub(score, most)), 0);
    store<f32>(shares + at, value);
    sum += value;
  }
  return sum;
}

@unmanaged
export class CrossEntropyMeanArgs {
  /** As in {@link CrossEntropyRowsArgs}. */
  losses: usize;
  loss: usize;
  /** 0 where nothing is added up. */
  sums: usize;
  labels: usize;
  /** 0 where no fault is noted. */
  fault: usize;
  batch: i32;
  classes: i32;
}

/**
 * The mean of the rows' losses, in order; adds it and the number of correct
 * predictions to the sums, and notes a label out of range.
 */
export function crossEntropyMean(
  args: CrossEntropyMeanArgs,
  _part: i32,
  _parts: i32,
): void {
  const losses = args.losses;
  const batch = args.batch;
  const correct = losses + (<usize> batch << 3);
  let total: f64 = 0;
  let count = 0;
  for (let row = 0; row < batch; row++) {
    total += load<f64>(losses + (<usize> row << 3));
    count += load<i32>(correct + (<usize> row << 2));
  }
  if (args.fault != 0) noteFault(args);
  const loss = <f32> (total / batch);
  store<f32>(args.loss, loss);
  const sums = args.sums;
  if (sums == 0) return;
  store<f32>(sums, load<f32>(sums) + loss);
  store<f32>(sums, load<f32>(sums, 4) + <f32> count, 4);
}

/** Notes the first label that is no class, where no fault is noted yet. */
function noteFault(args: CrossEntropyMeanArgs): void {
  const fault = args.fault;
  const labels = args.labels;
  const classes = args.classes;
  if (load<i32>(fault) != 0) return;
  for (let row = 0; row < args.batch; row++) {
    const label = load<i32>(labels + (<usize> row << 2));
    if (<u32> label < <u32> classes) continue;
    store<i32>(fault, row + 1);
    store<i32>(fault, label, 4);
    store<i32>(fault, classes, 8);
    store<i32>(fault, 1, 12);
    return;
  }
}
