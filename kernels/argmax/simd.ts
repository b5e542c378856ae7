// @ts-nocheck: AssemblyScript, compiled by `deno task kernels`.

// What scores `[batch, classes]` decide: the class of each row, and how many
// predictions are correct. Each row is scanned in order.

import { largestColumn } from "../lib/simd/largest_column.ts";
import { partStart } from "../lib/simd/parts.ts";

@unmanaged
export class ArgmaxArgs {
  scores: usize;
  output: usize;
  batch: i32;
  classes: i32;
}

/** Column of each row's largest score. A part is an unbroken range of the rows. */
export function argmax(args: ArgmaxArgs, part: i32, parts: i32): void {
  const scores = args.scores;
  const output = args.output;
  const batch = args.batch;
  const classes = args.classes;
  const end = partStart(batch, part + 1, parts);
  for (let row = partStart(batch, part, parts); row < end; row++) {
    const best = largestColumn(scores, row, classes);
    store<i32>(output + (<usize> row << 2), best);
  }
}

@unmanaged
export class CorrectCountArgs {
  scores: usize;
  labels: usize;
  output: usize;
  batch: i32;
  classes: i32;
}

/** How many rows have their largest score at their label. */
export function correctCount(
  args: CorrectCountArgs,
  _part: i32,
  _parts: i32,
): void {
  const scores = args.scores;
  const labels = args.labels;
  const batch = args.batch;
  const classes = args.classes;
  let count = 0;
  for (let row = 0; row < batch; row++) {
    const label = load<i32>(labels + (<usize> row << 2));
    if (largestColumn(scores, row, classes) == label) count++;
  }
  store<f32>(args.output, <f32> count);
}
