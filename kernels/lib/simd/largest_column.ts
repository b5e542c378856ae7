// @ts-nocheck: AssemblyScript, compiled by `deno task kernels`.

/** Column of the largest score of a row: the first of equals; NaN is above all. */
export function largestColumn(scores: usize, row: i32, classes: i32): i32 {
  const first = scores + (<usize> (row * classes) << 2);
  let best = 0;
  let largest = load<f32>(first);
  for (let column = 1; column < classes; column++) {
    if (largest != largest) return best;
    const score = load<f32>(first + (<usize> column << 2));
    if (score > largest || score != score) {
      best = column;
      largest = score;
    }
  }
  return best;
}
