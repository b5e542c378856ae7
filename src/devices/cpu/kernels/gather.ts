import { float, type KernelsOf } from "../_call.ts";

/** Batches picked out of a data set. */
export const gather: KernelsOf<"gatherBatch"> = (caller) => ({
  gatherBatch(
    shards,
    source,
    indices,
    cursor,
    output,
    labels,
    next,
    shape,
  ) {
    const { batch, divisor, mean, rowLength, rowsPerShard, std } = shape;
    const pointers = shards.map(caller.pointer);
    const unused = Array.from({ length: 4 - shards.length }, () => 0);
    const elements = shards.reduce((sum, { buffer }) => sum + buffer.length, 0);
    const rows = Math.floor(elements / rowLength);
    const words = [
      ...pointers,
      ...unused,
      shards[0].buffer.dtype === "u8" ? 1 : 0,
      caller.pointer(indices),
      caller.pointer(cursor),
      caller.pointer(output),
      batch,
      rowLength,
      rowsPerShard,
      Math.min(rows, source.buffer.length),
      float(divisor),
      float(mean),
      float(std),
      ...[source, labels, next].map(caller.pointer),
    ];
    caller.run("gatherBatch", words, batch * rowLength);
  },
});
