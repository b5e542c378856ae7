import type { NumberArray } from "../kernel.ts";

/** Scores of a batch over classes: `[batch, classes]`. */
export interface ClassesShape {
  /** Rows. */
  readonly batch: number;
  /** Columns. */
  readonly classes: number;
}

/**
 * Column of the largest score of a row, the first of equals; NaN is above all,
 * as in PyTorch. For references.
 */
export function largestColumn(
  scores: NumberArray,
  row: number,
  classes: number,
): number {
  const start = row * classes;
  let best = 0;
  for (let column = 1; column < classes; column++) {
    const score = scores[start + column];
    const largest = scores[start + best];
    const firstNaN = Number.isNaN(score) && !Number.isNaN(largest);
    if (score > largest || firstNaN) best = column;
  }
  return best;
}
