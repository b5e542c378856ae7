import { axisOf } from "../core/shape.ts";
import type { Shape, Tensor } from "../core/tensor.ts";
import type { DType } from "../devices/device.ts";
import { permute } from "./permute.ts";

/**
 * Two axes exchanged, copied.
 *
 * @param x f32 or i32.
 * @param dim0 An axis; negative ones count from the last.
 * @param dim1 The other one.
 * @returns The shape of `x` with both sizes exchanged.
 * @throws {RangeError} If there is no such axis.
 *
 * @example
 * ```ts
 * import { openDevice, Tensor, transpose } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * using x = Tensor.from(device, [1, 2, 3, 4, 5, 6], [2, 3]);
 * using y = transpose(x, 0, 1);
 * assertEquals(y.shape, [3, 2]);
 * assertEquals(await y.data(), new Float32Array([1, 4, 2, 5, 3, 6]));
 * ```
 *
 * @category Shape operations
 */
export function transpose<D extends DType>(
  x: Tensor<Shape, D>,
  dim0: number,
  dim1: number,
): Tensor<Shape, D> {
  const [first, second] = [dim0, dim1].map((dim) =>
    axisOf("transpose", x.shape, dim)
  );
  const order = [...x.shape.keys()].with(first, second).with(second, first);
  return permute(x, order);
}
