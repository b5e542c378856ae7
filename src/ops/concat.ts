import { describe } from "../base/errors.ts";
import { record } from "../core/tape.ts";
import { axisOf } from "../core/shape.ts";
import { type Shape, Tensor } from "../core/tensor.ts";
import type { DType } from "../devices/device.ts";
import { checkWords, copyView, viewAlong, viewOf } from "./_strided.ts";
import { checkDType, shapeError, text } from "./check.ts";

/**
 * Tensors one after another along an axis: PyTorch's `torch.cat`.
 *
 * @param tensors All f32, or all i32, of the same sizes along the other axes.
 * @param dim The axis; negative ones count from the last. Default 0.
 * @returns The shape of each, but for the axis, where sizes are added.
 * @throws {RangeError} If there is no such axis.
 * @throws {ShapeError} If shapes differ along another axis.
 * @throws {TypeError} If there is no tensor, or element types differ.
 *
 * @example
 * ```ts
 * import { concat, openDevice, Tensor } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * using x = Tensor.from(device, [1, 2], [2, 1]);
 * using y = Tensor.from(device, [3, 4, 5, 6], [2, 2]);
 * using both = concat([x, y], 1);
 * assertEquals(await both.data(), new Float32Array([1, 3, 4, 2, 5, 6]));
 * ```
 *
 * @category Shape operations
 */
export function concat<D extends DType>(
  tensors: readonly Tensor<Shape, D>[],
  dim = 0,
): Tensor<Shape, D> {
  return concatAs("concat", tensors, dim);
}

/** The same for an operation that errors name. */
export function concatAs<D extends DType>(
  operation: string,
  tensors: readonly Tensor<Shape, D>[],
  dim: number,
): Tensor<Shape, D> {
  const [first] = tensors;
  if (first === undefined) throw noTensors(operation);
  const { device, dtype, shape } = first;
  const axis = axisOf(operation, shape, dim);
  for (const [index, tensor] of tensors.entries()) {
    checkDType(operation, `tensor ${index}`, tensor, dtype);
    checkWords(operation, tensor);
    checkOtherAxes(operation, index, tensor.shape, shape, axis);
  }
  let size = 0;
  const starts = tensors.map(({ shape }) => {
    const start = size;
    size += shape[axis];
    return start;
  });
  const output = Tensor.empty(device, shape.with(axis, size), dtype);
  const whole = viewOf(output.shape);
  const parts = tensors.map(({ shape }, index) =>
    viewAlong(whole, axis, starts[index], shape[axis])
  );
  tensors.forEach((tensor, index) =>
    copyView(tensor, viewOf(tensor.shape), output, parts[index])
  );
  return record(output, tensors, (gradOutput, gradients) => {
    gradients.forEach((gradient, index) => {
      if (gradient === null) return;
      copyView(gradOutput, parts[index], gradient, viewOf(gradient.shape));
    });
  });
}

function checkOtherAxes(
  operation: string,
  index: number,
  shape: Shape,
  first: Shape,
  axis: number,
): void {
  const fits = shape.length === first.length &&
    shape.every((size, at) => at === axis || size === first[at]);
  if (fits) return;
  throw shapeError(
    `${operation}: tensor ${index}`,
    `the shape of tensor 0, ${text(first)}, but along axis ${axis}`,
    text(shape),
    "All sizes but that along the axis must be equal.",
  );
}

function noTensors(operation: string): TypeError {
  return new TypeError(describe({
    what: `${operation}: tensors`,
    expected: "at least one tensor",
    got: "an empty list",
    help: `Give the tensors in an array: ${operation}([x, y], 0).`,
  }));
}
