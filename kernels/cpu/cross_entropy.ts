// @ts-nocheck: AssemblyScript, compiled by `deno task kernels`.

// Softmax with cross-entropy of `[batch, classes]` against labels, which may be
// smoothed, and its gradient. The largest logit of a row is taken off before `exp`, so that none
// overflows. A thread computes an unbroken part of the rows.

import { exp4, log } from "./_math.ts";
import { partStart } from "./_simd.ts";
import { sumOf } from "./_sums.ts";

/**
 * Probabilities of each row, and its loss. A row's sum runs over classes in
 * order, in f64. Arguments: logits, labels, probabilities, losses (f64
 * `[batch]`), batch, classes, label smoothing.
 */
export function crossEntropyRows(args: usize, thread: i32, threads: i32): void {
  const logits: usize = load<u32>(args);
  const labels: usize = load<u32>(args, 4);
  const probabilities: usize = load<u32>(args, 8);
  const losses: usize = load<u32>(args, 12);
  const batch = load<i32>(args, 16);
  const classes = load<i32>(args, 20);
  const smoothing: f64 = load<f32>(args, 24);
  const length: usize = classes << 2;
  const end = partStart(batch, thread + 1, threads);
  for (let row = partStart(batch, thread, threads); row < end; row++) {
    const scores = logits + <usize> row * length;
    const shares = probabilities + <usize> row * length;
    let largest = -Infinity as f32;
    for (let at: usize = 0; at < length; at += 4) {
      largest = max<f32>(largest, load<f32>(scores + at));
    }
    const sum = exponentials(scores, shares, length, largest);
    for (let at: usize = 0; at < length; at += 4) {
      store<f32>(shares + at, <f32> (<f64> load<f32>(shares + at) / sum));
    }
    const label = load<i32>(labels + (<usize> row << 2));
    let loss: f64 = NaN;
    if (<u32> label < <u32> classes) {
      const own: f64 = load<f32>(scores + (<usize> label << 2));
      let expected = own;
      if (smoothing > 0) {
        const mean = sumOf(scores, classes) / <f64> classes;
        expected += smoothing * (mean - own);
      }
      loss = log(sum) + <f64> largest - expected;
    }
    store<f64>(losses + (<usize> row << 3), loss);
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

/** The mean of the rows' losses, in order. Arguments: losses, loss, batch. */
export function crossEntropyMean(
  args: usize,
  _thread: i32,
  _threads: i32,
): void {
  const losses: usize = load<u32>(args);
  const batch = load<i32>(args, 8);
  let total: f64 = 0;
  for (let row = 0; row < batch; row++) {
    total += load<f64>(losses + (<usize> row << 3));
  }
  store<f32>(load<u32>(args, 4), <f32> (total / batch));
}

/**
 * `gradLoss · (probabilities − target) / batch`. Arguments: gradLoss,
 * probabilities, labels, gradLogits, batch, classes, label smoothing.
 */
export function crossEntropyGradient(
  args: usize,
  thread: i32,
  threads: i32,
): void {
  const gradLoss = load<f32>(load<u32>(args));
  const probabilities: usize = load<u32>(args, 4);
  const labels: usize = load<u32>(args, 8);
  const gradLogits: usize = load<u32>(args, 12);
  const batch = load<i32>(args, 16);
  const classes = load<i32>(args, 20);
  const smoothing = load<f32>(args, 24);
  const spread: f32 = smoothing / <f32> classes;
  const factor: f32 = gradLoss / <f32> batch;
  const end = partStart(batch, thread + 1, threads);
  for (let row = partStart(batch, thread, threads); row < end; row++) {
    const label = load<i32>(labels + (<usize> row << 2));
    for (let column = 0; column < classes; column++) {
      const at: usize = (row * classes + column) << 2;
      const own: f32 = column == label ? 1 - smoothing : 0;
      const difference = load<f32>(probabilities + at) - (own + spread);
      store<f32>(gradLogits + at, factor * difference);
    }
  }
}
