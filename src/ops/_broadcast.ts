import { type Shape, Tensor } from "../core/tensor.ts";
import { reductionAxes } from "../../kernels/lib/axes.ts";
import { sumKernels } from "../../kernels/sum/sum.ts";
import { shapeError, text } from "./check.ts";

/**
 * The shape to which two are broadcast, by NumPy's rules: aligned at the last
 * axis, sizes must be equal, or one of them 1.
 *
 * @throws {ShapeError} If they are neither.
 */
export function broadcastShape(
  operation: string,
  left: Shape,
  right: Shape,
): Shape {
  const rank = Math.max(left.length, right.length);
  const shape = Array.from({ length: rank }, (_, axis) => {
    const [a, b] = [left, right].map((one) =>
      one[axis - rank + one.length] ?? 1
    );
    return a === 1 ? b : b === 1 || a === b ? a : NaN;
  });
  if (shape.every((size) => !Number.isNaN(size))) return shape;
  throw shapeError(
    `${operation}: right`,
    `a shape that broadcasts with ${text(left)}`,
    text(right),
    "Aligned at the last axis, sizes must be equal, or one of them 1.",
  );
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
  const axes = Tensor.from(device, words, [words.length]);
  const operands = { x: source, axes, output: target };
  device.run(sumKernels.forward, operands, factor);
}
