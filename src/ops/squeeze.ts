import { axisOf } from "../core/shape.ts";
import type { Shape, Tensor } from "../core/tensor.ts";
import type { DType } from "../devices/device.ts";

/**
 * The same elements without axes of size 1; shares the memory of `x`.
 *
 * @param x Any element type.
 * @param dim An axis, or several; those of another size stay. Default: all axes.
 * @returns The shape of `x` without them.
 * @throws {RangeError} If there is no such axis.
 *
 * @example
 * ```ts
 * import { openDevice, squeeze, Tensor } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * using x = Tensor.from(device, [1, 2, 3], [1, 3, 1]);
 * assertEquals(squeeze(x).shape, [3]);
 * assertEquals(squeeze(x, 0).shape, [3, 1]);
 * assertEquals(squeeze(x, 1).shape, [1, 3, 1]);
 * ```
 *
 * @category Shape operations
 */
export function squeeze<D extends DType>(
  x: Tensor<Shape, D>,
  dim?: number | readonly number[],
): Tensor<Shape, D> {
  const { shape } = x;
  const given = dim === undefined ? shape.keys() : [dim].flat();
  const axes = Array.from(given, (one) => axisOf("squeeze", shape, one));
  return x.reshape(
    shape.filter((size, axis) => size !== 1 || !axes.includes(axis)),
  );
}
