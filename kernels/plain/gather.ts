/**
 * Picks a batch out of a data set: the rows that
 * `indices[cursor], indices[cursor + 1], …` name. Row-major on both sides.
 *
 * @module
 */

import type { GatherShape } from "../shapes.ts";

/** Picks rows out of shards laid end to end, normalised, and their labels. */
export function gatherBatch(
  shards: readonly (Uint8Array | Float32Array)[],
  source: Int32Array,
  indices: Int32Array,
  cursor: Int32Array,
  output: Float32Array,
  labels: Int32Array,
  next: Int32Array,
  shape: GatherShape,
): void {
  const { batch, rowLength, rowsPerShard, divisor, mean, std } = shape;
  for (let row = 0; row < batch; row++) {
    const index = indices[cursor[0] + row];
    const shard = shards[Math.floor(index / rowsPerShard)];
    const from = (index % rowsPerShard) * rowLength;
    const to = row * rowLength;
    for (let i = 0; i < rowLength; i++) {
      output[to + i] = (shard[from + i] / divisor - mean) / std;
    }
    labels[row] = source[index];
  }
  next[0] = cursor[0] + batch;
}
