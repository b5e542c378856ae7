import { broadcastAxes, reductionAxes } from "../../kernels/lib/axes.ts";
import { sumKernels } from "../../kernels/sum/sum.ts";
import { describe } from "../base/errors.ts";
import {
  type AnyTensor,
  elementsOf,
  type Shape,
  Tensor,
} from "../core/tensor.ts";
import type { Device } from "../devices/device.ts";
import { constantOf } from "./_constant.ts";
import { shapeError, text } from "./check.ts";

/**
 * The shape to which two are broadcast, by NumPy's rules: aligned at the last
 * axis, sizes must be equal, or one of them 1.
 *
 * @param argument The name of the second operand, for the error.
 * @throws {ShapeError} If they are neither.
 */
export function broadcastShape(
  operation: string,
  left: Shape,
  right: Shape,
  argument = "right",
): Shape {
  const shape = broadcastOf(left, right);
  if (shape !== null) return shape;
  throw shapeError(
    `${operation}: ${argument}`,
    `a shape that broadcasts with ${text(left)}`,
    text(right),
    "Aligned at the last axis, sizes must be equal, or one of them 1.",
  );
}

/** The same; null where they do not broadcast. */
export function broadcastOf(left: Shape, right: Shape): Shape | null {
  const rank = Math.max(left.length, right.length);
  const shape = Array.from({ length: rank }, (_, axis) => {
    const [a, b] = [left, right].map((one) =>
      one[axis - rank + one.length] ?? 1
    );
    return a === 1 ? b : b === 1 || a === b ? a : NaN;
  });
  return shape.some(Number.isNaN) ? null : shape;
}

/**
 * Sizes and strides of operands that are broadcast to `shape`; null where each
 * has as many elements as it, or one.
 */
export function axesFor(
  device: Device,
  shape: Shape,
  operands: readonly AnyTensor[],
): Tensor<Shape, "i32"> | null {
  const length = elementsOf(shape);
  const isFlat = operands.every((operand) =>
    operand.length === 1 || operand.length === length
  );
  if (isFlat) return null;
  const shapes = operands.map((operand) => operand.shape as Shape);
  return constantOf(device, broadcastAxes(shape, ...shapes));
}

/**
 * Both operands as tensors: a number becomes one of one element, of the other
 * operand's type.
 *
 * @throws {TypeError} If both are numbers.
 * @throws {RangeError} If a number is no i32, and the tensor's elements are.
 */
export function tensorsOf<T extends AnyTensor>(
  operation: string,
  left: T | number,
  right: T | number,
): [left: T, right: T] {
  if (typeof left !== "number") {
    if (typeof right !== "number") return [left, right];
    return [left, elementFor(operation, left, right)];
  }
  if (typeof right !== "number") {
    return [elementFor(operation, right, left), right];
  }
  throw new TypeError(describe({
    what: operation,
    expected: "at least one tensor",
    got: "two numbers",
    help: "Compute with numbers as JavaScript does.",
  }));
}

/** A number as a tensor of one element, for an operation with a tensor. */
function elementFor<T extends AnyTensor>(
  operation: string,
  { device, dtype }: T,
  value: number,
): T {
  if (dtype !== "i32") {
    return constantOf(device, Float32Array.of(value)) as AnyTensor as T;
  }
  if ((value | 0) === value) {
    return constantOf(device, Int32Array.of(value)) as AnyTensor as T;
  }
  throw new RangeError(describe({
    what: `${operation}: number`,
    expected: "a whole number of 32 bits, as the tensor's elements are",
    got: String(value),
    help: "Round it.",
  }));
}

/**
 * Sums a gradient over the axes along which an operand was broadcast.
 *
 * @param source The gradient for each element of the output.
 * @param target Becomes the gradient with respect to the operand.
 */
export function sumTo(source: Tensor, target: Tensor): void {
  const { device, shape } = source;
  const factor = { factor: 1 };
  if (target.length === 1) {
    const operands = { x: source, axes: null, output: target };
    return device.run(sumKernels.forward, operands, factor);
  }
  const missing = shape.length - target.shape.length;
  const words = reductionAxes(
    shape,
    (axis) => axis < missing || target.shape[axis - missing] === 1,
  );
  const axes = constantOf(device, words);
  const operands = { x: source, axes, output: target };
  device.run(sumKernels.forward, operands, factor);
}

/**
 * Writes the gradient with respect to an operand that was broadcast to `shape`.
 *
 * @param target Becomes it; null where it is not wanted.
 * @param write Writes a gradient for each element of the output.
 */
export function summed(
  target: Tensor | null,
  shape: Shape,
  write: (whole: Tensor) => void,
): void {
  if (target === null) return;
  const length = elementsOf(shape);
  if (target.length === length) return write(target);
  const whole = Tensor.empty(target.device, shape);
  write(whole);
  sumTo(whole, target);
  whole[Symbol.dispose]();
}
