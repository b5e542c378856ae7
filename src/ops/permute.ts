import { describe } from "../base/errors.ts";
import { axisOf } from "../core/shape.ts";
import type { Shape, Tensor } from "../core/tensor.ts";
import type { DType } from "../devices/device.ts";
import { readView, viewOf } from "./_strided.ts";
import { text } from "./check.ts";

/**
 * The axes in another order, copied: PyTorch's `permute` and `contiguous`.
 *
 * @param x f32 or i32.
 * @param dims Every axis of `x` once, the outermost of the output first;
 * negative ones count from the last.
 * @returns `shape[dims[0]], shape[dims[1]], …`
 * @throws {RangeError} If `dims` does not name each axis once.
 *
 * @example
 * ```ts
 * import { openDevice, permute, Tensor } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * using images = Tensor.from(device, [1, 2, 3, 4, 5, 6], [1, 1, 2, 3]);
 * using channelsLast = permute(images, [0, 2, 3, 1]);
 * assertEquals(channelsLast.shape, [1, 2, 3, 1]);
 * ```
 *
 * @category Shape operations
 */
export function permute<D extends DType>(
  x: Tensor<Shape, D>,
  dims: readonly number[],
): Tensor<Shape, D> {
  const { shape } = x;
  const order = dims.map((dim) => axisOf("permute", shape, dim));
  if (order.length !== shape.length || new Set(order).size < shape.length) {
    throw new RangeError(describe({
      what: "permute: dims",
      expected: `each of the ${shape.length} axes of ${text(shape)} once`,
      got: text(dims),
      help: "Name the axes in their new order: [0, 2, 3, 1].",
    }));
  }
  const { sizes, strides } = viewOf(shape);
  return readView("permute", x, {
    offset: 0,
    sizes: order.map((axis) => sizes[axis]),
    strides: order.map((axis) => strides[axis]),
  });
}
