import {
  type ComparisonDefinition,
  comparisonKernel,
} from "../../kernels/lib/comparison.ts";
import { type Shape, Tensor } from "../core/tensor.ts";
import { axesFor, broadcastShape, tensorsOf } from "./_broadcast.ts";
import { checkDType } from "./check.ts";

/** A tensor that can be compared: f32 or i32. */
export type Comparable<S extends Shape = Shape> =
  | Tensor<S>
  | Tensor<S, "i32">;

/**
 * A comparison of two operands, element by element: an f32 tensor of 1 where it
 * holds and 0 elsewhere, since there is no type of truth values. Operands are both
 * f32 or both i32, which are compared exactly, and are broadcast by NumPy's
 * rules; one may be a number. It has no gradient.
 *
 * @throws {ShapeError} If the shapes do not broadcast.
 * @throws {TypeError} If no operand is a tensor, or they are of two types.
 * @throws {RangeError} If an i32 tensor is compared with a number that is no i32.
 */
export interface ComparisonOperation {
  /** Of two tensors of one shape, or a tensor and a number. */
  <S extends Shape>(
    left: Comparable<S>,
    right: Comparable<S> | number,
  ): Tensor<S>;
  /** Of a number and a tensor. */
  <S extends Shape>(left: number, right: Comparable<S>): Tensor<S>;
  /** Of tensors that are broadcast. */
  (left: Comparable | number, right: Comparable | number): Tensor;
}

/** Makes the operation of a comparison. */
export function comparison(
  definition: ComparisonDefinition,
): ComparisonOperation {
  const kernel = comparisonKernel(definition);
  const { name } = kernel;
  const operation = (
    first: Comparable | number,
    second: Comparable | number,
  ): Tensor => {
    const [left, right] = tensorsOf<Comparable>(name, first, second);
    if (left.dtype !== "i32") checkDType(name, "left", left);
    checkDType(name, "right", right, left.dtype);
    const shape = broadcastShape(name, left.shape, right.shape);
    const output = Tensor.empty<Shape>(left.device, shape);
    const axes = axesFor(left.device, shape, [left, right]);
    left.device.run(kernel, { left, right, axes, output });
    return output;
  };
  // With one shape, or a number, the output has the tensor's shape.
  return operation as ComparisonOperation;
}
