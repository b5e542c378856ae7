import { axisOf } from "../core/shape.ts";
import type { Shape, Tensor } from "../core/tensor.ts";
import type { DType } from "../devices/device.ts";

/**
 * The same elements with a new axis of size 1; shares the memory of `x`.
 *
 * @param x Any element type.
 * @param dim The axis's index in the output; negative ones count from the last.
 * @returns The shape of `x` with 1 there.
 * @throws {RangeError} If the output has no such axis.
 *
 * @example
 * ```ts
 * import { openDevice, Tensor, unsqueeze } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * using x = Tensor.from(device, [1, 2, 3], [3]);
 * assertEquals(unsqueeze(x, 0).shape, [1, 3]);
 * assertEquals(unsqueeze(x, -1).shape, [3, 1]);
 * ```
 *
 * @category Shape operations
 */
export function unsqueeze<D extends DType>(
  x: Tensor<Shape, D>,
  dim: number,
): Tensor<Shape, D> {
  const axis = axisOf("unsqueeze", x.shape, dim, 1);
  return x.reshape(x.shape.toSpliced(axis, 0, 1));
}
