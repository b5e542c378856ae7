import { gatherSource } from "../../../../kernels/gather.gen.ts";
import type { GatherShape } from "../../../../kernels/shapes.ts";
import type { Kernels } from "../../kernels.ts";
import type { Run } from "../kernel_record.ts";
import { type Elements, elements, elementwise } from "./_elementwise.ts";

interface RowsShape extends Elements, GatherShape {
  /** How many shards there are. */
  shards: number;
  /** Whether their elements are u8, else f32. */
  bytes: boolean;
}

const gatherRows = elementwise<RowsShape>({
  name: "gatherRows",
  source: gatherSource,
  file: "kernels/gather.wgsl",
  entryPoint: "gatherRows",
  bindings: ["read", "read", "read", "read", "read", "read", "write"],
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

const gatherLabels = elementwise({
  name: "gatherLabels",
  source: gatherSource,
  file: "kernels/gather.wgsl",
  entryPoint: "gatherLabels",
  bindings: ["read", "read", "read", "write"],
});

/** Picks rows and labels out of a data set. */
export function gatherKernels(
  run: Run,
): Pick<Kernels, "gatherRows" | "gatherLabels"> {
  return {
    gatherRows(shards, indices, cursor, output, shape) {
      const [first, second = first, third = first, fourth = first] = shards;
      const bytes = first.buffer.dtype === "u8";
      run(
        gatherRows,
        { ...shape, ...elements(output), shards: shards.length, bytes },
        [first, second, third, fourth, indices, cursor, output],
      );
    },
    gatherLabels(source, indices, cursor, output) {
      run(gatherLabels, elements(output), [source, indices, cursor, output]);
    },
  };
}
