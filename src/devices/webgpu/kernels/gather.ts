import { gatherSource } from "../../../../kernels/gather.gen.ts";
import type { GatherShape } from "../../../../kernels/shapes.ts";
import type { Kernels } from "../../kernels.ts";
import type { Access, KernelRecord, Run } from "../kernel_record.ts";
import { type Elements, elements, elementwise } from "./_elementwise.ts";

interface RowsShape extends Elements, GatherShape {
  /** How many shards there are. */
  shards: number;
  /** Whether their elements are u8, else f32. */
  bytes: boolean;
}

/** Bindings of the kernel that picks rows and labels. */
const allBindings = 10;

const rows = ["read", "read", "read", "read", "read", "read", "write"] as const;
const labels = ["read", "write", "write"] as const;

function gather(
  entryPoint: string,
  bindings: readonly Access[],
): KernelRecord<RowsShape> {
  return elementwise({
    name: "gatherBatch",
    source: gatherSource,
    file: "kernels/gather.wgsl",
    entryPoint,
    bindings,
    constants: (shape) => ({
      rowLength: shape.rowLength,
      rowsPerShard: shape.rowsPerShard,
      shards: shape.shards,
      bytes: Number(shape.bytes),
      divisor: shape.divisor,
      mean: shape.mean,
      deviation: shape.std,
    }),
    cost: ({ batch, bytes, rowLength }) => ({
      bytes: batch * rowLength * (bytes ? 5 : 8),
    }),
  });
}

const together = {
  singles: gather("gatherBatch", [...rows, ...labels]),
  fours: gather("gatherBatchFours", [...rows, ...labels]),
};

const rowsAlone = {
  singles: gather("gatherRows", rows),
  fours: gather("gatherFours", rows),
};

const labelsAlone = elementwise({
  name: "gatherBatch",
  source: gatherSource,
  file: "kernels/gather.wgsl",
  entryPoint: "gatherLabels",
  bindings: ["read", "read", "read", "write", "write"],
});

/**
 * Picks batches out of a data set: in one kernel, or in two where a kernel may
 * not bind so many buffers.
 *
 * @param bindings Storage buffers that a kernel may bind.
 */
export function gatherKernels(
  run: Run,
  bindings: number,
): Pick<Kernels, "gatherBatch"> {
  const isWhole = bindings >= allBindings;
  const records = isWhole ? together : rowsAlone;
  return {
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
      const [first, second = first, third = first, fourth = first] = shards;
      const bytes = first.buffer.dtype === "u8";
      const inFours = bytes && shape.rowLength % 4 === 0;
      const { length } = output.buffer;
      const four = [first, second, third, fourth];
      const more = isWhole ? [source, labels, next] : [];
      run(
        inFours ? records.fours : records.singles,
        {
          ...shape,
          length: inFours ? length / 4 : length,
          shards: shards.length,
          bytes,
        },
        [...four, indices, cursor, output, ...more],
      );
      if (isWhole) return;
      const operands = [source, indices, cursor, labels, next];
      run(labelsAlone, elements(labels), operands);
    },
  };
}
