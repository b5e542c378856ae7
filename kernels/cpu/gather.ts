// @ts-nocheck: AssemblyScript, compiled by `deno task kernels`.

// Picks a batch out of a data set: the rows that `indices[cursor]`,
// `indices[cursor + 1]`, … name. A thread copies an unbroken part of the batch.

import { partStart } from "../lib/simd/parts.ts";

/**
 * `output[i] = (shards[indices[cursor[0] + i]] / divisor − mean) / std`, row by
 * row, and `labels[i] = source[indices[cursor[0] + i]]`; a row that is not there
 * traps. The first thread sets `next[0] = cursor[0] + batch`. Arguments: 4
 * shards, whether they are u8, indices, cursor, output, batch, row length, rows
 * a shard, rows in all, divisor, mean, std, source, labels, next.
 */
export function gatherBatch(args: usize, thread: i32, threads: i32): void {
  const bytes = load<i32>(args, 16) != 0;
  const cursor = load<i32>(load<u32>(args, 24));
  const indices: usize = load<u32>(args, 20) + (<usize> cursor << 2);
  const output: usize = load<u32>(args, 28);
  const batch = load<i32>(args, 32);
  const rowLength = load<i32>(args, 36);
  const rowsPerShard = load<u32>(args, 40);
  const rows = load<u32>(args, 44);
  const divisor = load<f32>(args, 48);
  const mean = load<f32>(args, 52);
  const std = load<f32>(args, 56);
  const labelSource: usize = load<u32>(args, 60);
  const labels: usize = load<u32>(args, 64);
  if (thread == 0) store<i32>(load<u32>(args, 68), cursor + batch);
  const end = partStart(batch, thread + 1, threads);
  for (let row = partStart(batch, thread, threads); row < end; row++) {
    const index = load<u32>(indices + (<usize> row << 2));
    if (index >= rows) unreachable();
    const label = load<i32>(labelSource + (<usize> index << 2));
    store<i32>(labels + (<usize> row << 2), label);
    const shard: usize = index / rowsPerShard;
    const first: usize = (index % rowsPerShard) * rowLength;
    const source: usize = load<u32>(args + (shard << 2));
    const to = output + (<usize> (row * rowLength) << 2);
    if (bytes) {
      pickBytes(source + first, to, rowLength, divisor, mean, std);
    } else {
      pickFloats(source + (first << 2), to, rowLength, divisor, mean, std);
    }
  }
}

function pickBytes(
  from: usize,
  to: usize,
  length: i32,
  divisor: f32,
  mean: f32,
  std: f32,
): void {
  const divisors = f32x4.splat(divisor);
  const means = f32x4.splat(mean);
  const stds = f32x4.splat(std);
  // Dividing by 1 costs as much as dividing by 255 and changes nothing.
  const plain = mean == 0 && std == 1;
  let i = 0;
  for (; i + 4 <= length; i += 4) {
    const pixels = i16x8.extend_low_i8x16_u(v128.load32_zero(from + i));
    const values = f32x4.convert_i32x4_u(i32x4.extend_low_i16x8_u(pixels));
    let result = f32x4.div(values, divisors);
    if (!plain) result = f32x4.div(f32x4.sub(result, means), stds);
    v128.store(to + (<usize> i << 2), result);
  }
  for (; i < length; i++) {
    const value = <f32> load<u8>(from + i);
    store<f32>(to + (<usize> i << 2), (value / divisor - mean) / std);
  }
}

function pickFloats(
  from: usize,
  to: usize,
  length: i32,
  divisor: f32,
  mean: f32,
  std: f32,
): void {
  const divisors = f32x4.splat(divisor);
  const means = f32x4.splat(mean);
  const stds = f32x4.splat(std);
  let i = 0;
  for (; i + 4 <= length; i += 4) {
    const at: usize = i << 2;
    const quotient = f32x4.div(v128.load(from + at), divisors);
    v128.store(to + at, f32x4.div(f32x4.sub(quotient, means), stds));
  }
  for (; i < length; i++) {
    const at: usize = i << 2;
    store<f32>(to + at, (load<f32>(from + at) / divisor - mean) / std);
  }
}
