/**
 * Softmax with cross-entropy of `[batch, classes]` against labels, which may be
 * smoothed, and its gradient. The largest logit of a row is taken off before `exp`, so that none
 * overflows. Sums run over classes, then over the batch, in f64.
 *
 * @module
 */

import type { CrossEntropyShape } from "../shapes.ts";

/** Probabilities of each row, and the batch's mean loss. */
export function crossEntropyForward(
  logits: Float32Array,
  labels: Int32Array,
  probabilities: Float32Array,
  loss: Float32Array,
  shape: CrossEntropyShape,
): void {
  const { batch, classes, labelSmoothing = 0 } = shape;
  let total = 0;
  for (let row = 0; row < batch; row++) {
    const start = row * classes;
    let largest = -Infinity;
    for (let i = start; i < start + classes; i++) {
      largest = Math.max(largest, logits[i]);
    }
    let sum = 0;
    let scores = 0;
    for (let i = start; i < start + classes; i++) {
      sum += Math.exp(logits[i] - largest);
      scores += logits[i];
    }
    for (let i = start; i < start + classes; i++) {
      probabilities[i] = Math.exp(logits[i] - largest) / sum;
    }
    const label = labels[row];
    const expected = (1 - labelSmoothing) * logits[start + label] +
      labelSmoothing * scores / classes;
    total += label >= 0 && label < classes
      ? Math.log(sum) + largest - expected
      : NaN;
  }
  loss[0] = total / batch;
}

/** `gradLoss · (probabilities − target) / batch`. */
export function crossEntropyGradient(
  gradLoss: Float32Array,
  probabilities: Float32Array,
  labels: Int32Array,
  gradLogits: Float32Array,
  shape: CrossEntropyShape,
): void {
  const { batch, classes, labelSmoothing = 0 } = shape;
  const spread = labelSmoothing / classes;
  const factor = gradLoss[0] / batch;
  for (let row = 0; row < batch; row++) {
    for (let column = 0; column < classes; column++) {
      const i = row * classes + column;
      const own = column === labels[row] ? 1 - labelSmoothing : 0;
      gradLogits[i] = factor * (probabilities[i] - (own + spread));
    }
  }
}
