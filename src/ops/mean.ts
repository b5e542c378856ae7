import type { Tensor } from "../core/tensor.ts";
import { total } from "./_total.ts";

/**
 * The mean of all elements.
 *
 * @param x Any shape.
 * @returns `[1]`.
 *
 * @example
 * ```ts
 * import { mean, openDevice, Tensor } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * using x = Tensor.from(device, [1, 2, 3, 6], [2, 2]);
 * using y = mean(x);
 * assertEquals(await y.item(), 3);
 * ```
 */
export function mean(x: Tensor): Tensor<[number]> {
  return total(x, 1 / x.length);
}
