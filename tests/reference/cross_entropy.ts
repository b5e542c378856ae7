import type { ClassesShape } from "../../kernels/shapes.ts";

/** Softmax of each row and the batch's mean of `−log probability` of the label. */
export function crossEntropyForward(
  logits: Float64Array,
  labels: Int32Array,
  { batch, classes }: ClassesShape,
): { probabilities: Float64Array; loss: number } {
  const probabilities = new Float64Array(batch * classes);
  let loss = 0;
  for (let row = 0; row < batch; row++) {
    const scores = logits.subarray(row * classes, (row + 1) * classes);
    // Shifted by the largest, or the exponential would overflow.
    const largest = Math.max(...scores);
    const exponentials = scores.map((score) => Math.exp(score - largest));
    const sum = exponentials.reduce((left, right) => left + right);
    probabilities.set(exponentials.map((value) => value / sum), row * classes);
    loss += (Math.log(sum) + largest - scores[labels[row]]) / batch;
  }
  return { probabilities, loss };
}

/** Gradient by the logits: `gradLoss · (probabilities − onehot) / batch`. */
export function crossEntropyGradient(
  gradLoss: number,
  probabilities: Float64Array,
  labels: Int32Array,
  { batch, classes }: ClassesShape,
): Float64Array {
  return probabilities.map((probability, i) => {
    const row = Math.floor(i / classes);
    const target = i % classes === labels[row] ? 1 : 0;
    return gradLoss * (probability - target) / batch;
  });
}
