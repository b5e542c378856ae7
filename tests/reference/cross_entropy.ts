import type { CrossEntropyShape } from "../../kernels/shapes.ts";

/** Softmax of each row and the batch's mean of `−log probability` of the label. */
export function crossEntropyForward(
  logits: Float64Array,
  labels: Int32Array,
  shape: CrossEntropyShape,
): { probabilities: Float64Array; loss: number } {
  const { batch, classes } = shape;
  const probabilities = new Float64Array(batch * classes);
  let loss = 0;
  for (let row = 0; row < batch; row++) {
    const scores = logits.subarray(row * classes, (row + 1) * classes);
    // Shifted by the largest, or the exponential would overflow.
    const largest = Math.max(...scores);
    const exponentials = scores.map((score) => Math.exp(score - largest));
    const sum = exponentials.reduce((left, right) => left + right);
    probabilities.set(exponentials.map((value) => value / sum), row * classes);
    for (const [column, score] of scores.entries()) {
      const target = targetOf(column, labels[row], shape);
      loss += target * (Math.log(sum) + largest - score) / batch;
    }
  }
  return { probabilities, loss };
}

/** Gradient by the logits: `gradLoss · (probabilities − target) / batch`. */
export function crossEntropyGradient(
  gradLoss: number,
  probabilities: Float64Array,
  labels: Int32Array,
  shape: CrossEntropyShape,
): Float64Array {
  const { batch, classes } = shape;
  return probabilities.map((probability, i) => {
    const row = Math.floor(i / classes);
    const target = targetOf(i % classes, labels[row], shape);
    return gradLoss * (probability - target) / batch;
  });
}

/** What the probability of a class should be. */
function targetOf(
  column: number,
  label: number,
  { classes, labelSmoothing = 0 }: CrossEntropyShape,
): number {
  const own = column === label ? 1 - labelSmoothing : 0;
  return own + labelSmoothing / classes;
}
