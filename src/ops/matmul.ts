import { broadcastAxes, broadcastIndices } from "../../kernels/lib/axes.ts";
import {
  matmul as matmulKernel,
  matmulLayout,
  type MatmulShape,
} from "../../kernels/matmul/matmul.ts";
import { record } from "../core/tape.ts";
import { elementsOf, type Shape, Tensor } from "../core/tensor.ts";
import { broadcastOf, sumTo } from "./_broadcast.ts";
import { constantOf } from "./_constant.ts";
import { checkDType, shapeError, text } from "./check.ts";

/**
 * The product of two matrices, or of many: axes before the last two are a batch,
 * and are broadcast. A vector on the left is a row, on the right a column, an axis
 * that the result does not have; two vectors give their dot product, `[1]`.
 *
 * @param left `[…, rows, depth]` or `[depth]`.
 * @param right `[…, depth, columns]` or `[depth]`.
 * @returns `[…, rows, columns]`.
 * @throws {ShapeError} If the shapes do not fit each other.
 * @throws {TypeError} If the elements are not f32.
 *
 * @example
 * ```ts
 * import { matmul, openDevice, Tensor } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * using left = Tensor.from(device, [1, 2, 3, 4], [2, 2]);
 * using right = Tensor.from(device, [1, 0, 1, 1, 1, 0], [2, 3]);
 * using product = matmul(left, right);
 * assertEquals(product.shape, [2, 3]);
 * assertEquals(await product.data(), new Float32Array([3, 2, 1, 7, 4, 3]));
 * ```
 *
 * @category Operations of layers
 */
export function matmul(left: Tensor, right: Tensor): Tensor {
  checkDType("matmul", "left", left);
  checkDType("matmul", "right", right);
  const { a, b, batchShape, matrices: [l, r], output: size, ...shape } =
    productsOf(left.shape, right.shape);
  const { batch, columns, depth, rows } = shape;
  const output = Tensor.empty(left.device, size);
  // A column is stored as a row is.
  const transposed = columns === 1 ? "right" : undefined;
  run({ left, right, output }, { ...shape, transposed }, [l, r]);
  return record(output, [left, right], (gradOutput, [gradLeft, gradRight]) => {
    const all = Uint32Array.from({ length: batch }, (_, index) => index);
    if (gradLeft !== null) {
      const sizes = { batch, rows, columns: depth, depth: columns };
      writeSummed(
        gradLeft.reshape(a),
        [...batchShape, rows, depth],
        (output) =>
          run(
            { left: gradOutput, right, output },
            { ...sizes, transposed: "right" },
            [all, r],
          ),
      );
    }
    if (gradRight !== null) {
      const sizes = { batch, rows: depth, columns, depth: rows };
      writeSummed(
        gradRight.reshape(b),
        [...batchShape, depth, columns],
        (output) =>
          run(
            { left, right: gradOutput, output },
            { ...sizes, transposed: "left" },
            [l, all],
          ),
      );
    }
  });
}

interface Products extends MatmulShape {
  /** The shape of left: matrices, in as many batches as it has. */
  readonly a: Shape;
  /** The shape of right. */
  readonly b: Shape;
  /** The shape of the batch. */
  readonly batchShape: Shape;
  /** Of each operand, the index of its matrix for each product. */
  readonly matrices: readonly [left: Uint32Array, right: Uint32Array];
  /** The shape of the result. */
  readonly output: Shape;
}

/**
 * The shape rule. Where right is one matrix, all rows of left make one product
 * with it.
 */
function productsOf(left: Shape, right: Shape): Products {
  const a = left.length === 1 ? [1, ...left] : left;
  const b = right.length === 1 ? [...right, 1] : right;
  const [rows, depth] = a.slice(-2);
  const [rightDepth, columns] = b.slice(-2);
  const batchShape = broadcastOf(a.slice(0, -2), b.slice(0, -2));
  if (depth !== rightDepth || batchShape === null) {
    throw shapeError(
      `matmul: left ${text(left)} and right ${text(right)}`,
      depth === rightDepth
        ? "axes before the last two that broadcast"
        : `${depth} rows of right, as left has columns`,
      depth === rightDepth ? text(right) : String(rightDepth),
      "Left is [..., rows, depth], right [..., depth, columns].",
    );
  }
  const kept = [
    ...left.length === 1 ? [] : [rows],
    ...right.length === 1 ? [] : [columns],
  ];
  const output = [...batchShape, ...kept];
  const sizes = { columns, depth, output: output.length === 0 ? [1] : output };
  if (b.length === 2) {
    const all = elementsOf(a) / depth;
    const matrices = [Uint32Array.of(0), Uint32Array.of(0)] as const;
    const folded = { a: [all, depth], b, batchShape: [], batch: 1, rows: all };
    return { ...sizes, ...folded, matrices };
  }
  const batch = elementsOf(batchShape);
  const axes = broadcastAxes(batchShape, a.slice(0, -2), b.slice(0, -2));
  const [l, r] = broadcastIndices(axes, batch);
  return { ...sizes, a, b, batchShape, batch, rows, matrices: [l, r] };
}

function run(
  operands: { left: Tensor; right: Tensor; output: Tensor },
  shape: MatmulShape,
  matrices: readonly [left: Uint32Array, right: Uint32Array],
): void {
  const { device } = operands.output;
  const layout = constantOf(device, matmulLayout(shape, matrices));
  device.run(matmulKernel, { ...operands, layout }, shape);
}

/** Writes a gradient, summed over the axes along which its operand was broadcast. */
function writeSummed(
  target: Tensor,
  shape: Shape,
  write: (output: Tensor) => void,
): void {
  if (target.length === elementsOf(shape)) return write(target);
  const whole = Tensor.empty(target.device, shape);
  write(whole);
  sumTo(whole, target);
  whole[Symbol.dispose]();
}
