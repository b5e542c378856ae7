import { axisOf } from "../core/shape.ts";
import type { Shape, Tensor } from "../core/tensor.ts";
import type { DType } from "../devices/device.ts";
import { checkShape } from "./check.ts";
import { concatAs } from "./concat.ts";
import { unsqueeze } from "./unsqueeze.ts";

/**
 * Tensors of one shape side by side along a new axis.
 *
 * @param tensors All f32, or all i32.
 * @param dim The new axis's index in the output; negative ones count from the
 * last. Default 0.
 * @returns The shape of each with the number of tensors there.
 * @throws {RangeError} If the output has no such axis.
 * @throws {ShapeError} If shapes differ.
 * @throws {TypeError} If there is no tensor, or element types differ.
 *
 * @example
 * ```ts
 * import { openDevice, stack, Tensor } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * using x = Tensor.from(device, [1, 2], [2]);
 * using y = Tensor.from(device, [3, 4], [2]);
 * using rows = stack([x, y]);
 * assertEquals(rows.shape, [2, 2]);
 * using columns = stack([x, y], 1);
 * assertEquals(await columns.data(), new Float32Array([1, 3, 2, 4]));
 * ```
 *
 * @category Shape operations
 */
export function stack<D extends DType>(
  tensors: readonly Tensor<Shape, D>[],
  dim = 0,
): Tensor<Shape, D> {
  const shape = tensors[0]?.shape ?? [];
  const axis = axisOf("stack", shape, dim, 1);
  for (const [index, tensor] of tensors.entries()) {
    checkShape("stack", `tensor ${index}`, tensor.shape, shape);
  }
  return concatAs("stack", tensors.map((one) => unsqueeze(one, axis)), axis);
}
