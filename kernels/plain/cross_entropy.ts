/**
 * Softmax with cross-entropy of `[batch, classes]` against labels, which may be
 * smoothed, and its gradient. The largest logit of a row is taken off before
 * `exp`, so that none overflows. Sums run over classes, then over the batch, in
 * f64.
 *
 * @module
 */

import type { CrossEntropyShape } from "../shapes.ts";
import { largestColumn } from "../lib/largest_column.ts";

/** The batch's mean loss and its gradient; adds up loss and right rows. */
export function crossEntropy(
  logits: Float32Array,
  labels: Int32Array,
  gradLogits: Float32Array,
  loss: Float32Array,
  sums: Float32Array | null,
  shape: CrossEntropyShape,
): void {
  const { batch, classes, labelSmoothing = 0 } = shape;
  const spread = labelSmoothing / classes;
  let total = 0;
  let count = 0;
  for (let row = 0; row < batch; row++) {
    const start = row * classes;
    const label = labels[row];
    const best = largestColumn(logits, row, classes);
    const largest = logits[start + best];
    if (best === label) count++;
    let sum = 0;
    let scores = 0;
    for (let i = start; i < start + classes; i++) {
      sum += Math.exp(logits[i] - largest);
      scores += logits[i];
    }
    for (let i = start; i < start + classes; i++) {
      const own = i === start + label ? 1 - labelSmoothing : 0;
      const probability = Math.exp(logits[i] - largest) / sum;
      gradLogits[i] = (probability - (own + spread)) / batch;
    }
    const expected = (1 - labelSmoothing) * logits[start + label] +
      spread * scores;
    total += label >= 0 && label < classes
      ? Math.log(sum) + largest - expected
      : NaN;
  }
  loss[0] = total / batch;
  if (sums === null) return;
  sums[0] += loss[0];
  sums[1] += count;
}
