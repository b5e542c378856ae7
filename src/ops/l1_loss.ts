import { checkOptions } from "../base/options.ts";
import type { Tensor } from "../core/tensor.ts";
import { composed } from "./_composed.ts";
import { checkReduction, checkTarget, reduced } from "./_loss.ts";
import { abs } from "./abs.ts";
import type { LossOptions } from "./loss_options.ts";
import { sub } from "./sub.ts";

/**
 * The distance of input and target: by default the mean over all elements. Where
 * it is 0, so is its gradient.
 *
 * @param input Any shape.
 * @param target The shape of `input`.
 * @param options The reduction.
 * @returns `[1]`, or the shape of `input` with `reduction: "none"`.
 * @throws {ShapeError} If the shapes are not equal.
 * @throws {TypeError} If the elements are not f32.
 *
 * @example
 * ```ts
 * import { l1Loss, openDevice, Tensor } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * using input = Tensor.from(device, [1, 2], [2]);
 * using target = Tensor.from(device, [1, 4], [2]);
 * assertEquals(await l1Loss(input, target).item(), 1);
 * ```
 *
 * @category Losses
 */
export function l1Loss(
  input: Tensor,
  target: Tensor,
  options: LossOptions = {},
): Tensor {
  checkOptions("l1Loss", options, ["reduction"]);
  const { reduction = "mean" } = options;
  checkReduction("l1Loss", reduction);
  checkTarget("l1Loss", input, target);
  return composed(() => reduced(abs(sub(input, target)), reduction));
}
