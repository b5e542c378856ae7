import {
  type BinaryDefinition,
  type BinaryGradient,
  type BinaryKernels,
  binaryKernels,
} from "../../kernels/lib/binary.ts";
import { copy } from "../../kernels/copy/copy.ts";
import { record } from "../core/tape.ts";
import { type Shape, Tensor } from "../core/tensor.ts";
import {
  axesFor,
  broadcastShape,
  summed,
  sumTo,
  tensorsOf,
} from "./_broadcast.ts";
import { checkDType } from "./check.ts";

/**
 * A function of two operands, element by element. They are broadcast by NumPy's
 * rules: aligned at the last axis, sizes must be equal, or one of them 1. One
 * operand may be a number; inside a captured function it stays what it was.
 *
 * @throws {ShapeError} If the shapes do not broadcast.
 * @throws {TypeError} If no operand is a tensor, or elements are not f32.
 */
export interface BinaryOperation {
  /** Of two tensors of one shape, or a tensor and a number. */
  <S extends Shape>(left: Tensor<S>, right: Tensor<S> | number): Tensor<S>;
  /** Of a number and a tensor. */
  <S extends Shape>(left: number, right: Tensor<S>): Tensor<S>;
  /** Of tensors that are broadcast. */
  (left: Tensor | number, right: Tensor | number): Tensor;
}

/**
 * Makes an operation of a line of arithmetic and its gradients: kernels of both
 * devices, broadcasting, and what the tape needs.
 *
 * @param definition The arithmetic, or the kernels that it was made into.
 *
 * @example
 * ```ts
 * import { openDevice, Tensor } from "@x/mnist-cnn";
 * import { binary } from "@x/mnist-cnn/kernel";
 * import { assertEquals } from "@std/assert";
 *
 * const squaredError = binary({
 *   name: "squaredError",
 *   reference: {
 *     value: (a, b) => (a - b) ** 2,
 *     left: (g, a, b) => g * 2 * (a - b),
 *     right: (g, a, b) => g * 2 * (b - a),
 *   },
 *   wgsl: {
 *     value: "(a - b) * (a - b)",
 *     left: "g * 2 * (a - b)",
 *     right: "g * 2 * (b - a)",
 *   },
 * });
 *
 * using device = await openDevice({ device: "cpu" });
 * using x = Tensor.from(device, [1, 2, 3, 4], [2, 2]);
 * using target = Tensor.from(device, [1, 1], [2]);
 * using y = squaredError(x, target);
 * assertEquals(await y.data(), new Float32Array([0, 1, 4, 9]));
 * ```
 */
export function binary(
  definition: BinaryDefinition | BinaryKernels,
): BinaryOperation {
  const kernels = "forward" in definition
    ? definition
    : binaryKernels(definition);
  const { name } = kernels.forward;
  const operation = (first: Tensor | number, second: Tensor | number) => {
    const [left, right] = tensorsOf(name, first, second);
    checkDType(name, "left", left);
    checkDType(name, "right", right);
    const { device } = left;
    const output = Tensor.empty(
      device,
      broadcastShape(name, left.shape, right.shape),
    );
    const axes = axesFor(device, output.shape, [left, right]);
    device.run(kernels.forward, { left, right, axes, output });
    return record(
      output,
      [left, right],
      (gradOutput, [gradLeft, gradRight]) => {
        const operands = { gradOutput, left, right, axes, output };
        if (gradLeft) runGradient(kernels.left, operands, gradLeft);
        if (gradRight) runGradient(kernels.right, operands, gradRight);
      },
    );
  };
  // With one shape, or a number, the output has the tensor's shape.
  return operation as BinaryOperation;
}

interface GradientOperands {
  readonly gradOutput: Tensor;
  readonly left: Tensor;
  readonly right: Tensor;
  readonly axes: Tensor<Shape, "i32"> | null;
  readonly output: Tensor;
}

/** Writes a gradient, summed over the axes along which its operand was broadcast. */
function runGradient(
  gradient: BinaryGradient | null,
  { axes, gradOutput, left, output, right }: GradientOperands,
  target: Tensor,
): void {
  const { device } = output;
  if (gradient === null) {
    if (target.length < output.length) return sumTo(gradOutput, target);
    return device.run(copy, { source: gradOutput, output: target });
  }
  const { kernel, saved } = gradient;
  summed(target, output.shape, (whole) =>
    device.run(kernel, {
      gradOutput,
      left: saved.left ? left : null,
      right: saved.right ? right : null,
      output: saved.output ? output : null,
      axes,
      gradient: whole,
    }));
}
