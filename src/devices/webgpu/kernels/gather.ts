import { gatherSource } from "../../../../kernels/gather.gen.ts";
import type { GatherShape } from "../../../../kernels/shapes.ts";
import type { Kernels } from "../../kernels.ts";
import type { Access, Run } from "../kernel_record.ts";
import { type Elements, elements, elementwise } from "./_elementwise.ts";

interface RowsShape extends Elements, GatherShape {
  /** How many shards there are. */
  shards: number;
  /** Whether their elements are u8, else f32. */
  bytes: boolean;
}

const rows = {
  name: "gatherRows",
  source: gatherSource,
  file: "kernels/gather.wgsl",
  bindings: [...Array<Access>(6).fill("read"), "write" as const],
  constants: (shape: RowsShape) => ({
    rowLength: shape.rowLength,
    rowsPerShard: shape.rowsPerShard,
    shards: shape.shards,
    bytes: Number(shape.bytes),
    divisor: shape.divisor,
    mean: shape.mean,
    deviation: shape.std,
  }),
  cost: ({ batch, bytes, rowLength }: RowsShape) => ({
    bytes: batch * rowLength * (bytes ? 5 : 8),
  }),
};

const gatherRows = elementwise<RowsShape>({
  ...rows,
  entryPoint: "gatherRows",
});

const gatherFours = elementwise<RowsShape>({
  ...rows,
  entryPoint: "gatherFours",
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
      const inFours = bytes && shape.rowLength % 4 === 0;
      const { length } = output.buffer;
      run(
        inFours ? gatherFours : gatherRows,
        {
          ...shape,
          length: inFours ? length / 4 : length,
          shards: shards.length,
          bytes,
        },
        [first, second, third, fourth, indices, cursor, output],
      );
    },
    gatherLabels(source, indices, cursor, output) {
      run(gatherLabels, elements(output), [source, indices, cursor, output]);
    },
  };
}
