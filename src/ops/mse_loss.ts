import { checkOptions } from "../base/options.ts";
import type { Tensor } from "../core/tensor.ts";
import { composed } from "./_composed.ts";
import { checkReduction, checkTarget, reduced } from "./_loss.ts";
import type { LossOptions } from "./loss_options.ts";
import { square } from "./square.ts";
import { sub } from "./sub.ts";

/**
 * The squared difference of input and target: by default the mean over all
 * elements.
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
 * import { mseLoss, openDevice, Tensor } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * using input = Tensor.from(device, [1, 2], [2]);
 * using target = Tensor.from(device, [1, 4], [2]);
 * assertEquals(await mseLoss(input, target).item(), 2);
 * ```
 *
 * @category Losses
 */
export function mseLoss(
  input: Tensor,
  target: Tensor,
  options: LossOptions = {},
): Tensor {
  checkOptions("mseLoss", options, ["reduction"]);
  const { reduction = "mean" } = options;
  checkReduction("mseLoss", reduction);
  checkTarget("mseLoss", input, target);
  return composed(() => reduced(square(sub(input, target)), reduction));
}
