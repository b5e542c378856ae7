/**
 * What scores `[batch, classes]` decide: the class of each row, and how many
 * rows are right. Each row is scanned in order.
 *
 * @module
 */

import type { ClassesShape } from "../shapes.ts";
import { largestColumn } from "./_largest_column.ts";

/** Column of the largest score of each row, the first of equals; NaN is above all. */
export function argmax(
  scores: Float32Array,
  output: Int32Array,
  shape: ClassesShape,
): void {
  for (let row = 0; row < shape.batch; row++) {
    output[row] = largestColumn(scores, row, shape.classes);
  }
}

/** How many rows have their largest score at their label. */
export function correctCount(
  scores: Float32Array,
  labels: Int32Array,
  output: Float32Array,
  shape: ClassesShape,
): void {
  let count = 0;
  for (let row = 0; row < shape.batch; row++) {
    if (largestColumn(scores, row, shape.classes) === labels[row]) count++;
  }
  output[0] = count;
}
