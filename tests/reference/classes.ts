import type { ClassesShape } from "../../kernels/shapes.ts";

/** Column of the largest score of each row, the first of equals; NaN is above all. */
export function argmax(
  scores: Float64Array,
  { batch, classes }: ClassesShape,
): Int32Array {
  return new Int32Array(batch).map((_, row) => {
    let largest = 0;
    for (let column = 1; column < classes; column++) {
      const score = scores[row * classes + column];
      const best = scores[row * classes + largest];
      const firstNaN = Number.isNaN(score) && !Number.isNaN(best);
      if (score > best || firstNaN) largest = column;
    }
    return largest;
  });
}

/** How many rows have their largest score at their label. */
export function correctCount(
  scores: Float64Array,
  labels: Int32Array,
  shape: ClassesShape,
): number {
  return argmax(scores, shape)
    .filter((column, row) => column === labels[row]).length;
}
