import type { ClassesShape } from "../../kernels/shapes.ts";

/** Column of the largest score of each row, the first of equals. */
export function argmax(
  scores: Float64Array,
  { batch, classes }: ClassesShape,
): Int32Array {
  return new Int32Array(batch).map((_, row) => {
    let largest = 0;
    for (let column = 1; column < classes; column++) {
      if (scores[row * classes + column] > scores[row * classes + largest]) {
        largest = column;
      }
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
