import { kernel, type NumberArray, type Operand } from "../kernel.ts";
import { elementwise } from "../lib/elementwise.ts";
import * as wgsl from "./gather.gen.ts";
import * as simd from "./simd.gen.ts";

/** Rows picked out of a data set: `[batch, rowLength]`. */
export interface GatherShape {
  /** Rows to pick. */
  readonly batch: number;
  /** Elements of a row. */
  readonly rowLength: number;
  /** Elements of a row's target: 1 for a label. */
  readonly targetLength: number;
  /** Rows in every shard of the source but the last. */
  readonly rowsPerShard: number;
  /** `out = (value / divisor − mean) / std`: 255 turns u8 pixels into 0…1. */
  readonly divisor: number;
  /** Subtracted after the division. */
  readonly mean: number;
  /** Divides after the subtraction. */
  readonly std: number;
}

/** Storage buffers of the entry points that make rows and targets together. */
const allBuffers = 10;

/**
 * Picks a batch out of a data set: row `i` of `output` is row
 * `indices[cursor[0] + i]` of the shards laid end to end, as
 * `(value / divisor − mean) / std`, and row `i` of `targets` that row of
 * `source`, as it is. `next[0]` becomes `cursor[0] + batch`, where the batch
 * after this one starts: a kernel cannot change what all of it reads.
 *
 * Shards are all u8 or all f32; `source` and `targets` (`[batch, targetLength]`)
 * both i32 or both f32; `indices`, `cursor` (`[1]`) and `next` (`[1]`) are i32.
 */
export const gatherBatch = /* @__PURE__ */ kernel({
  name: "gatherBatch",
  operands: {
    shard0: "read",
    shard1: "read?",
    shard2: "read?",
    shard3: "read?",
    source: "read",
    indices: "read",
    cursor: "read",
    output: "write",
    targets: "write",
    next: "write",
  },
  reference(arrays, shape: GatherShape) {
    const { cursor, indices, next, output, source, targets } = arrays;
    const { batch, divisor, mean, rowLength, rowsPerShard, std } = shape;
    const { targetLength } = shape;
    const shards = shardsOf<NumberArray>(arrays);
    for (let row = 0; row < batch; row++) {
      const index = indices[cursor[0] + row];
      const shard = shards[Math.floor(index / rowsPerShard)];
      const from = (index % rowsPerShard) * rowLength;
      const to = row * rowLength;
      for (let i = 0; i < rowLength; i++) {
        output[to + i] = (shard[from + i] / divisor - mean) / std;
      }
      for (let i = 0; i < targetLength; i++) {
        targets[row * targetLength + i] = source[index * targetLength + i];
      }
    }
    next[0] = cursor[0] + batch;
  },
  webgpu(operands, shape, { storageBuffers }) {
    const { cursor, indices, next, output, source, targets } = operands;
    const { batch, divisor, mean, rowLength, rowsPerShard, std } = shape;
    const { targetLength } = shape;
    const shards = shardsOf<Operand>(operands);
    const [shard0, shard1 = shard0, shard2 = shard0, shard3 = shard0] = shards;
    const bytes = shard0.buffer.dtype === "u8";
    const constants = {
      ...{ rowLength, rowsPerShard, shards: shards.length },
      ...{ bytes: Number(bytes), divisor, mean, deviation: std },
    };
    const rows = { shard0, shard1, shard2, shard3, indices, cursor };
    const inFours = bytes && rowLength % 4 === 0;
    const { length } = output.buffer;
    const items = inFours ? length / 4 : length;
    const forTargets = { indices, cursor, source, targets, next };
    const cost = { bytes: batch * rowLength * (bytes ? 5 : 8) };
    if (storageBuffers >= allBuffers) {
      const all = { ...rows, ...forTargets };
      const most = Math.max(items, targets.buffer.length);
      const own = { ...constants, targetLength };
      const step = inFours
        ? elementwise(
          wgsl.gatherBatchFours,
          most,
          { ...all, outputFours: output },
          own,
        )
        : elementwise(wgsl.gatherBatch, most, { ...all, output }, own);
      return [{ ...step, cost }];
    }
    const step = inFours
      ? elementwise(
        wgsl.gatherRowsFours,
        items,
        { ...rows, outputFours: output },
        constants,
      )
      : elementwise(wgsl.gatherRows, items, { ...rows, output }, constants);
    return [
      { ...step, cost },
      elementwise(wgsl.gatherTargets, targets.buffer.length, forTargets, {
        targetLength,
      }),
    ];
  },
  wasm(operands, shape) {
    const { batch, rowLength, targetLength } = shape;
    const shards = shardsOf<Operand>(operands);
    const elements = shards.reduce((sum, { buffer }) => sum + buffer.length, 0);
    const rows = Math.floor(elements / rowLength);
    return [
      simd.gatherBatch({
        ...operands,
        ...shape,
        bytes: Number(operands.shard0.buffer.dtype === "u8"),
        rows: Math.min(rows, operands.source.buffer.length / targetLength),
      }, { work: batch * (rowLength + targetLength) }),
    ];
  },
});

/** The shards that are there, in order. */
function shardsOf<T>(
  all: Readonly<Record<"shard0" | "shard1" | "shard2" | "shard3", T | null>>,
): T[] {
  const { shard0, shard1, shard2, shard3 } = all;
  return [shard0, shard1, shard2, shard3].filter((one) => one !== null);
}
