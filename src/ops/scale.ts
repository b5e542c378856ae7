import type { Shape, Tensor } from "../core/tensor.ts";
import { mul } from "./mul.ts";

/**
 * `x · factor`, elementwise.
 *
 * @param x Any shape.
 * @param factor A number; inside a captured function it stays what it was.
 * @returns The shape of `x`.
 *
 * @example
 * ```ts
 * import { openDevice, scale, Tensor } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * using x = Tensor.from(device, [2, 3], [2]);
 * using y = scale(x, -1);
 * assertEquals(await y.data(), new Float32Array([-2, -3]));
 * ```
 *
 * @category Elementwise operations
 */
export function scale<S extends Shape>(
  x: Tensor<S>,
  factor: number,
): Tensor<S> {
  return mul(x, factor);
}
