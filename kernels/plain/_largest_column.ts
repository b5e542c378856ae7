/** Column of the largest score of a row, the first of equals; NaN is above all. */
export function largestColumn(
  scores: Float32Array,
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
