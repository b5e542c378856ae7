import { record } from "../core/tape.ts";
import { type Shape, Tensor } from "../core/tensor.ts";
import type { DType } from "../devices/device.ts";
import { sumTo } from "./_broadcast.ts";
import { checkWords, copyView, viewOf } from "./_strided.ts";
import { shapeError, text } from "./check.ts";

/**
 * Axes of size 1 repeated to other sizes, and new axes before the first, copied.
 * Operations of two operands need no such copy: they broadcast.
 *
 * @param x f32 or i32.
 * @param sizes The output's shape; −1 keeps an axis as it is.
 * @returns Of shape `sizes`. The gradient sums over what was repeated.
 * @throws {ShapeError} If an axis of another size than 1 would change.
 *
 * @example
 * ```ts
 * import { expand, openDevice, Tensor } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * using x = Tensor.from(device, [1, 2], [2, 1]);
 * using y = expand(x, [-1, 3]);
 * assertEquals(await y.data(), new Float32Array([1, 1, 1, 2, 2, 2]));
 * ```
 *
 * @category Shape operations
 */
export function expand<D extends DType>(
  x: Tensor<Shape, D>,
  sizes: Shape,
): Tensor<Shape, D> {
  checkWords("expand", x);
  const added = sizes.length - x.shape.length;
  const own = [...Array(Math.max(0, added)).fill(NaN), ...x.shape];
  const shape = sizes.map((size, axis) => size === -1 ? own[axis] : size);
  const fits = added >= 0 &&
    shape.every((size, axis) =>
      Number.isInteger(size) && size > 0 &&
      (axis < added || own[axis] === 1 || own[axis] === size)
    );
  if (!fits) {
    throw shapeError(
      `expand: x ${text(x.shape)}`,
      "sizes that keep every axis of another size than 1",
      text(sizes),
      "New axes come first, and have a size; -1 keeps one that is there.",
    );
  }
  const { strides } = viewOf(x.shape);
  const output = Tensor.empty(x.device, shape, x.dtype);
  copyView(
    x,
    {
      offset: 0,
      sizes: shape,
      strides: shape.map((size, axis) =>
        own[axis] === size ? strides[axis - added] : 0
      ),
    },
    output,
    viewOf(shape),
  );
  return record(output, [x], (gradOutput, [gradX]) => {
    sumTo(gradOutput, gradX);
  });
}
