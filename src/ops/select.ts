import { describe } from "../base/errors.ts";
import { axisOf } from "../core/shape.ts";
import type { Shape, Tensor } from "../core/tensor.ts";
import type { DType } from "../devices/device.ts";
import { readView, viewAlong, viewOf } from "./_strided.ts";
import { text } from "./check.ts";

/**
 * One slice of an axis, without that axis, copied: PyTorch's `x[index]` is
 * `select(x, 0, index)`.
 *
 * @param x f32 or i32.
 * @param dim The axis; negative ones count from the last.
 * @param index The slice; a negative one counts from the end.
 * @returns The shape of `x` without the axis.
 * @throws {RangeError} If there is no such axis or slice.
 *
 * @example
 * ```ts
 * import { openDevice, select, Tensor } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * using x = Tensor.from(device, [1, 2, 3, 4, 5, 6], [2, 3]);
 * using row = select(x, 0, -1);
 * assertEquals(await row.data(), new Float32Array([4, 5, 6]));
 * ```
 *
 * @category Shape operations
 */
export function select<D extends DType>(
  x: Tensor<Shape, D>,
  dim: number,
  index: number,
): Tensor<Shape, D> {
  const { shape } = x;
  const axis = axisOf("select", shape, dim);
  const size = shape[axis];
  if (!Number.isInteger(index) || index < -size || index >= size) {
    throw new RangeError(describe({
      what: `select of ${text(shape)} along axis ${axis}: index`,
      expected: `a whole number from ${-size} to ${size - 1}`,
      got: String(index),
      help: "Negative indices count from the end, which is -1.",
    }));
  }
  const first = index < 0 ? index + size : index;
  const view = viewAlong(viewOf(shape), axis, first, 1);
  return readView("select", x, view, shape.toSpliced(axis, 1));
}
