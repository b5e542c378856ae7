/**
 * Softmax with cross-entropy of `[batch, classes]` against labels, and its
 * gradient. The largest logit of a row is taken off before `exp`, so that none
 * overflows. Sums run over classes, then over the batch, in f64.
 *
 * @module
 */

import type { ClassesShape } from "../shapes.ts";

/** Probabilities of each row, and the batch's mean loss. */
export function crossEntropyForward(
  logits: Float32Array,
  labels: Int32Array,
  probabilities: Float32Array,
  loss: Float32Array,
  shape: ClassesShape,
): void {
  const { batch, classes } = shape;
  let total = 0;
  for (let row = 0; row < batch; row++) {
    const start = row * classes;
    let largest = -Infinity;
    for (let i = start; i < start + classes; i++) {
      largest = Math.max(largest, logits[i]);
    }
    let sum = 0;
    for (let i = start; i < start + classes; i++) {
      sum += Math.exp(logits[i] - largest);
    }
    for (let i = start; i < start + classes; i++) {
      probabilities[i] = Math.exp(logits[i] - largest) / sum;
    }
    const label = labels[row];
    total += label >= 0 && label < classes
      ? Math.log(sum) + largest - logits[start + label]
      : NaN;
  }
  loss[0] = total / batch;
}

/** `gradLoss · (probabilities − onehot(labels)) / batch`. */
export function crossEntropyGradient(
  gradLoss: Float32Array,
  probabilities: Float32Array,
  labels: Int32Array,
  gradLogits: Float32Array,
  shape: ClassesShape,
): void {
  const { batch, classes } = shape;
  const factor = gradLoss[0] / batch;
  for (let row = 0; row < batch; row++) {
    for (let column = 0; column < classes; column++) {
      const i = row * classes + column;
      const target = column === labels[row] ? 1 : 0;
      gradLogits[i] = factor * (probabilities[i] - target);
    }
  }
}
