import type { Shape, Tensor } from "../core/tensor.ts";
import { checkRank } from "./check.ts";
import { dropAreas } from "./dropout.ts";

/**
 * Sets whole channels to 0 with a probability and scales the others by
 * `1 / (1 − probability)` (Tompson et al., 2015): {@linkcode dropout} of
 * channels, whose pixels are alike, instead of elements.
 *
 * @param x `[N, C, H, W]`.
 * @param probability Of a channel of an image to be dropped, 0 ≤ p ≤ 1.
 * @param state i32 `[2]`: draws so far and seed. The call counts one draw.
 * @returns `[N, C, H, W]`.
 * @throws {RangeError} If the probability is out of range.
 *
 * @example
 * ```ts
 * import { dropout2d, openDevice, Tensor } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * using state = Tensor.from(device, new Int32Array([0, 42]), [2]);
 * using x = Tensor.from(device, [1, 2, 3, 4], [1, 2, 1, 2]);
 * const [a, b] = await dropout2d(x, 0.5, state).data();
 * assertEquals(b, 2 * a); // both are dropped, or none
 * ```
 *
 * @category Operations of layers
 */
export function dropout2d<S extends Shape>(
  x: Tensor<S>,
  probability: number,
  state: Tensor<Shape, "i32">,
): Tensor<S> {
  checkRank("dropout2d", "input", x.shape, ["N", "C", "H", "W"]);
  const [, , height, width] = x.shape;
  return dropAreas("dropout2d", x, probability, state, height * width);
}
