import { float, type KernelsOf } from "../_call.ts";

/** Batches picked out of a data set. */
export const gather: KernelsOf<"gatherLabels" | "gatherRows"> = (caller) => ({
  gatherRows(shards, indices, cursor, output, shape) {
    const { batch, divisor, mean, rowLength, rowsPerShard, std } = shape;
    const pointers = shards.map(caller.pointer);
    const unused = Array.from({ length: 4 - shards.length }, () => 0);
    const elements = shards.reduce((sum, { buffer }) => sum + buffer.length, 0);
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
      Math.floor(elements / rowLength),
      float(divisor),
      float(mean),
      float(std),
    ];
    caller.run("gatherRows", words, batch * rowLength);
  },
  gatherLabels(source, indices, cursor, output) {
    const pointers = [source, indices, cursor, output].map(caller.pointer);
    const lengths = [output.buffer.length, source.buffer.length];
    caller.run("gatherLabels", [...pointers, ...lengths], 0);
  },
});
