import {
  matmul,
  matmulLayout,
  type MatmulShape,
} from "../../../kernels/matmul/matmul.ts";
import { type KernelCase, random } from "./_harness.ts";

/** Sums of up to 300 products in another order. Worst measured: 4.3e-6 absolute. */
const TOLERANCE = { atol: 1e-5, rtol: 1e-5 };

const sizes = [
  { batch: 1, rows: 1, columns: 1, depth: 1 },
  { batch: 1, rows: 33, columns: 65, depth: 17 },
  { batch: 1, rows: 2, columns: 3, depth: 300 },
  { batch: 5, rows: 3, columns: 7, depth: 5 },
  { batch: 3, rows: 70, columns: 9, depth: 33 },
];

/** Products of matrices, either of which may be stored by columns. */
export const matmulCases: readonly KernelCase[] = sizes.flatMap((size) =>
  ([undefined, "left", "right"] as const).map((transposed): KernelCase => {
    const shape: MatmulShape = { ...size, transposed };
    const { batch, columns, depth, rows } = shape;
    const of = transposed === undefined ? "" : `, ${transposed} transposed`;
    return {
      name: `matmul: ${batch} of ${rows}×${depth}×${columns}${of}`,
      run: (harness) => {
        // All products share two matrices on the left, in turn.
        const left = Uint32Array.from({ length: batch }, (_, b) => b % 2);
        const right = Uint32Array.from({ length: batch }, (_, b) => b);
        harness.check(
          matmul,
          {
            left: random(Math.min(batch, 2) * rows * depth, 1),
            right: random(batch * depth * columns, 2),
            layout: matmulLayout(shape, [left, right]),
            output: new Float64Array(batch * rows * columns),
          },
          shape,
          TOLERANCE,
        );
      },
    };
  })
);
