/**
 * Max pooling of `[batch, channels, height, width]` and its gradient. A window
 * is scanned row by row; the padding takes no part. Where windows overlap, the
 * gradient is added up in f32, output by output.
 *
 * @module
 */

import type { Pool2dShape } from "../shapes.ts";
import { columnAxis, type Pairs, pairsPerOutput, rowAxis } from "./_pairs.ts";

/** Largest element of each window, and where in its plane it was. */
export function maxPool2dForward(
  x: Float32Array,
  output: Float32Array,
  indices: Int32Array,
  shape: Pool2dShape,
): void {
  const { outHeight, outWidth } = shape;
  const inArea = shape.inHeight * shape.inWidth;
  const planes = shape.batch * shape.channels;
  const rows = pairsPerOutput(rowAxis(shape));
  const columns = pairsPerOutput(columnAxis(shape));
  let at = 0;
  for (let plane = 0; plane < planes; plane++) {
    const start = plane * inArea;
    for (let row = 0; row < outHeight; row++) {
      for (let column = 0; column < outWidth; column++) {
        const index = largestIndex(x, start, shape, rows, row, columns, column);
        output[at] = x[start + index];
        indices[at] = index;
        at++;
      }
    }
  }
}

/** Sends each gradient to where the largest element was. */
export function maxPool2dGradient(
  gradOutput: Float32Array,
  indices: Int32Array,
  gradX: Float32Array,
  shape: Pool2dShape,
): void {
  const inArea = shape.inHeight * shape.inWidth;
  const outArea = shape.outHeight * shape.outWidth;
  const planes = shape.batch * shape.channels;
  gradX.fill(0);
  for (let plane = 0; plane < planes; plane++) {
    for (let i = plane * outArea; i < (plane + 1) * outArea; i++) {
      gradX[plane * inArea + indices[i]] += gradOutput[i];
    }
  }
}

/** Index in the plane of a window's first largest element, or of its last NaN. */
function largestIndex(
  x: Float32Array,
  start: number,
  shape: Pool2dShape,
  rows: Pairs,
  row: number,
  columns: Pairs,
  column: number,
): number {
  let best = rows.right[row] * shape.inWidth + columns.right[column];
  let largest = x[start + best];
  for (let i = 0; i < rows.count[row]; i++) {
    const inRow = rows.right[row] + i * rows.rightStep;
    for (let j = 0; j < columns.count[column]; j++) {
      const inColumn = columns.right[column] + j * columns.rightStep;
      const index = inRow * shape.inWidth + inColumn;
      const value = x[start + index];
      if (value > largest || Number.isNaN(value)) {
        best = index;
        largest = value;
      }
    }
  }
  return best;
}
