import type { Tensor } from "../core/tensor.ts";
import { total } from "./_total.ts";

/**
 * The sum of all elements.
 *
 * @param x Any shape.
 * @returns `[1]`.
 *
 * @example
 * ```ts
 * import { openDevice, sum, Tensor } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * using x = Tensor.from(device, [1, 2, 3], [3]);
 * using y = sum(x);
 * assertEquals(await y.item(), 6);
 * ```
 */
export function sum(x: Tensor): Tensor<[number]> {
  return total(x, 1);
}
