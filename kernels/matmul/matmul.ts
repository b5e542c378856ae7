import { dispatch, kernel, workgroupsFor } from "../kernel.ts";
import { threadMemory } from "../lib/thread_memory.ts";
import { forwardBytes } from "../linear/signature.ts";
import * as linear from "../linear/simd.gen.ts";
import * as wgsl from "./matmul.gen.ts";
import * as simd from "./simd.gen.ts";

/** Products of matrices `[rows, depth]` and `[depth, columns]`. */
export interface MatmulShape {
  /** How many products there are. */
  readonly batch: number;
  /** Rows of a product. */
  readonly rows: number;
  /** Columns of a product. */
  readonly columns: number;
  /** Products of numbers that an element adds up. */
  readonly depth: number;
  /** Whether one of the matrices is stored by columns: `[depth, rows]`, `[columns, depth]`. */
  readonly transposed?: "left" | "right";
}

/** Words before the indices of the matrices. */
const words = 7;

/** Rows and columns of a tile. */
const side = 32;

/**
 * The layout of products, as kernels read it: rows, columns and depth; the steps
 * of left along rows and depth, of right along depth and columns; then for each
 * product the indices of its two matrices.
 *
 * @param matrices Of each operand, the index of its matrix for each product.
 */
export function matmulLayout(
  { columns, depth, rows, transposed }: MatmulShape,
  [left, right]: readonly [left: Uint32Array, right: Uint32Array],
): Int32Array {
  return Int32Array.from([
    rows,
    columns,
    depth,
    ...(transposed === "left" ? [1, rows] : [depth, 1]),
    ...(transposed === "right" ? [1, depth] : [columns, 1]),
    ...Array.from(left).flatMap((index, b) => [index, right[b]]),
  ]);
}

/** `output = left · right` for each product of a {@linkcode matmulLayout}. */
export const matmul = /* @__PURE__ */ kernel({
  name: "matmul",
  operands: { left: "read", right: "read", layout: "read", output: "write" },
  cost: (shape: MatmulShape) => ({ operations: 2 * productsOf(shape) }),
  reference({ layout, left, output, right }, { batch }: MatmulShape) {
    const [rows, columns, depth, leftRow, leftDepth, rightDepth, rightColumn] =
      layout;
    let at = 0;
    for (let b = 0; b < batch; b++) {
      const l = layout[words + 2 * b] * rows * depth;
      const r = layout[words + 2 * b + 1] * columns * depth;
      for (let row = 0; row < rows; row++) {
        for (let column = 0; column < columns; column++) {
          let sum = 0;
          for (let k = 0; k < depth; k++) {
            sum += left[l + row * leftRow + k * leftDepth] *
              right[r + k * rightDepth + column * rightColumn];
          }
          output[at++] = sum;
        }
      }
    }
  },
  webgpu({ layout, left, output, right }, { batch, columns, depth, rows }) {
    const tiles = Math.ceil(rows / side) * Math.ceil(columns / side);
    return [dispatch(wgsl.matmul, {
      bind: { sizes: layout, left, right, output },
      constants: { workgroupSize: 64 },
      workgroups: workgroupsFor(batch * tiles, 1),
      iterations: Math.ceil(depth / 16) * 25 + 16,
    })];
  },
  wasm({ layout, left, output, right }, shape, cpu) {
    const { batch, columns, depth, rows, transposed } = shape;
    const work = { work: productsOf(shape) };
    if (batch > 1) {
      return [simd.matmul({
        left,
        right,
        output,
        layout,
        ...threadMemory(cpu, 36),
        batch,
        rows,
        columns,
        depth,
        isLeftTransposed: Number(transposed === "left"),
        isRightTransposed: Number(transposed === "right"),
      }, work)];
    }
    if (transposed === "right") {
      const sizes = { batch: rows, inFeatures: depth, outFeatures: columns };
      const operands = { x: left, weight: right, bias: null, output };
      const memory = threadMemory(cpu, forwardBytes);
      return [
        linear.linearForward({ ...operands, ...sizes, ...memory }, work),
      ];
    }
    if (transposed === "left") {
      const sizes = { batch: depth, inFeatures: columns, outFeatures: rows };
      const operands = { gradOutput: left, x: right, gradWeight: output };
      return [linear.linearWeightGradient({ ...operands, ...sizes }, work)];
    }
    const sizes = { batch: rows, inFeatures: columns, outFeatures: depth };
    const operands = { gradOutput: left, weight: right, gradX: output };
    return [linear.linearInputGradient({ ...operands, ...sizes }, work)];
  },
});

function productsOf({ batch, columns, depth, rows }: MatmulShape): number {
  return batch * rows * columns * depth;
}
