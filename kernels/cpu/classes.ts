// @ts-nocheck: AssemblyScript, compiled by `deno task kernels`.

// What scores `[batch, classes]` decide: the class of each row, and how many
// rows are right. Each row is scanned in order.

import { largestColumn } from "./_largest_column.ts";
import { partStart } from "../lib/simd/parts.ts";

/** Column of each row's largest score. Arguments: scores, output (i32), batch, classes. */
export function argmax(args: usize, thread: i32, threads: i32): void {
  const scores: usize = load<u32>(args);
  const output: usize = load<u32>(args, 4);
  const batch = load<i32>(args, 8);
  const classes = load<i32>(args, 12);
  const end = partStart(batch, thread + 1, threads);
  for (let row = partStart(batch, thread, threads); row < end; row++) {
    const best = largestColumn(scores, row, classes);
    store<i32>(output + (<usize> row << 2), best);
  }
}

/** How many rows are right. Arguments: scores, labels, output, batch, classes. */
export function correctCount(args: usize, _thread: i32, _threads: i32): void {
  const scores: usize = load<u32>(args);
  const labels: usize = load<u32>(args, 4);
  const batch = load<i32>(args, 12);
  const classes = load<i32>(args, 16);
  let count = 0;
  for (let row = 0; row < batch; row++) {
    const label = load<i32>(labels + (<usize> row << 2));
    if (largestColumn(scores, row, classes) == label) count++;
  }
  store<f32>(load<u32>(args, 8), <f32> count);
}
