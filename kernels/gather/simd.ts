// @ts-nocheck: AssemblyScript, compiled by `deno task kernels`.

// Picks a batch out of a data set: the rows that `indices[cursor]`,
// `indices[cursor + 1]`, … name. A part copies an unbroken range of the batch.

import { partStart } from "../lib/simd/parts.ts";

@unmanaged
export class GatherArgs {
  shard0: usize;
  shard1: usize;
  shard2: usize;
  shard3: usize;
  /** Whether the shards are u8, else f32. */
  bytes: i32;
  indices: usize;
  cursor: usize;
  output: usize;
  batch: i32;
  rowLength: i32;
  rowsPerShard: u32;
  /** Rows of all shards. */
  rows: u32;
  divisor: f32;
  mean: f32;
  std: f32;
  source: usize;
  targets: usize;
  targetLength: i32;
  next: usize;
}

/**
 * `output[i] = (shards[indices[cursor[0] + i]] / divisor − mean) / std`, row by
 * row, and `targets[i] = source[indices[cursor[0] + i]]`, row by row in words; a
 * row that is not there traps. The first part sets `next[0] = cursor[0] + batch`.
 */
export function gatherBatch(args: GatherArgs, part: i32, parts: i32): void {
  const shards = changetype<usize>(args);
  const bytes = args.bytes != 0;
  const cursor = load<i32>(args.cursor);
  const indices = args.indices + (<usize> cursor << 2);
  const output = args.output;
  const batch = args.batch;
  const rowLength = args.rowLength;
  const rowsPerShard = args.rowsPerShard;
  const rows = args.rows;
  const divisor = args.divisor;
  const mean = args.mean;
  const std = args.std;
  const targetSource = args.source;
  const targets = args.targets;
  const targetBytes: usize = <usize> args.targetLength << 2;
  if (part == 0) store<i32>(args.next, cursor + batch);
  const end = partStart(batch, part + 1, parts);
  for (let row = partStart(batch, part, parts); row < end; row++) {
    const index = load<u32>(indices + (<usize> row << 2));
    if (index >= rows) unreachable();
    memory.copy(
      targets + <usize> row * targetBytes,
      targetSource + <usize> index * targetBytes,
      targetBytes,
    );
    const shard: usize = index / rowsPerShard;
    const first: usize = (index % rowsPerShard) * rowLength;
    const source: usize = load<u32>(shards + (shard << 2));
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
  const isNormalised = mean != 0 || std != 1;
  let i = 0;
  for (; i + 4 <= length; i += 4) {
    const pixels = i16x8.extend_low_i8x16_u(v128.load32_zero(from + i));
    const values = f32x4.convert_i32x4_u(i32x4.extend_low_i16x8_u(pixels));
    let result = f32x4.div(values, divisors);
    if (isNormalised) result = f32x4.div(f32x4.sub(result, means), stds);
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
