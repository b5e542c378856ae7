import { orderFunctions } from "../../kernels/lib/order.ts";
import { describe } from "../base/errors.ts";
import { checkOptions } from "../base/options.ts";
import type { Tensor } from "../core/tensor.ts";
import { composed } from "./_composed.ts";
import { checkReduction, checkTarget, reduced } from "./_loss.ts";
import type { SmoothL1LossOptions } from "./loss_options.ts";
import { sub } from "./sub.ts";
import { unary } from "./unary.ts";

/**
 * The distance of input and target, which is a square near 0: `d² / (2 · beta)`
 * where `d = |input − target|` is below `beta`, `d − beta / 2` elsewhere. By
 * default the mean over all elements.
 *
 * @param input Any shape.
 * @param target The shape of `input`.
 * @param options The reduction, and `beta`.
 * @returns `[1]`, or the shape of `input` with `reduction: "none"`.
 * @throws {ShapeError} If the shapes are not equal.
 * @throws {RangeError} If `beta` is below 0.
 * @throws {TypeError} If the elements are not f32.
 *
 * @example
 * ```ts
 * import { openDevice, smoothL1Loss, Tensor } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * using input = Tensor.from(device, [0.5, 3], [2]);
 * using target = Tensor.from(device, [0, 0], [2]);
 * using losses = smoothL1Loss(input, target, { reduction: "none" });
 * assertEquals(await losses.data(), new Float32Array([0.125, 2.5]));
 * ```
 *
 * @category Losses
 */
export function smoothL1Loss(
  input: Tensor,
  target: Tensor,
  options: SmoothL1LossOptions = {},
): Tensor {
  checkOptions("smoothL1Loss", options, ["beta", "reduction"]);
  const { beta = 1, reduction = "mean" } = options;
  checkReduction("smoothL1Loss", reduction);
  if (!(beta >= 0 && beta < Infinity)) {
    throw new RangeError(describe({
      what: "smoothL1Loss: beta",
      expected: "a number of at least 0",
      got: String(beta),
      help: "Leave it out for 1; 0 makes it l1Loss.",
    }));
  }
  checkTarget("smoothL1Loss", input, target);
  return composed(() =>
    reduced(smoothDistance(sub(input, target), beta), reduction)
  );
}

const smoothDistance = /* @__PURE__ */ unary({
  name: "smoothL1Loss",
  parameters: { beta: 1 },
  reference: {
    value: (d, { beta }) => {
      const distance = Math.abs(d);
      return distance < beta
        ? 0.5 * distance * distance / beta
        : distance - 0.5 * beta;
    },
    gradient: (g, d, _y, { beta }) =>
      d <= -beta ? -g : d >= beta ? g : g * d / beta,
  },
  wgsl: {
    value: "distanceOf(abs(x))",
    gradient: "slopeOf(g, x)",
    functions: `
override beta: f32;
${orderFunctions}
fn distanceOf(d: f32) -> f32 {
  return select(d - 0.5 * beta, 0.5 * d * d / beta, d < beta);
}

fn slopeOf(g: f32, d: f32) -> f32 {
  if (isNan(d)) { return g * d; }
  if (d <= -beta) { return -g; }
  if (d >= beta) { return g; }
  return g * d / beta;
}
`,
  },
});
