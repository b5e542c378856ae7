import { log1pFunction } from "../../kernels/lib/log1p.ts";
import { orderFunctions, orderOf } from "../../kernels/lib/order.ts";
import { checkOptions } from "../base/options.ts";
import type { Tensor } from "../core/tensor.ts";
import { composed } from "./_composed.ts";
import { checkReduction, checkTarget, reduced } from "./_loss.ts";
import { binary } from "./binary.ts";
import type { LossOptions } from "./loss_options.ts";

/**
 * Binary cross-entropy of probabilities, as a `Sigmoid` gives them:
 * `−target · log x − (1 − target) · log(1 − x)`, where a logarithm is at least
 * −100. By default the mean over all elements. {@linkcode bceWithLogits} takes
 * scores without the sigmoid, and is exact where that is near 0 or 1.
 *
 * @param input Probabilities of any shape. One outside of 0 to 1 makes NaN, where
 * PyTorch has an error.
 * @param target Probabilities, the shape of `input`: 0 and 1 mostly.
 * @param options The reduction.
 * @returns `[1]`, or the shape of `input` with `reduction: "none"`.
 * @throws {ShapeError} If the shapes are not equal.
 * @throws {TypeError} If the elements are not f32.
 *
 * @example
 * ```ts
 * import { binaryCrossEntropy, openDevice, Tensor } from "@x/mnist-cnn";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * using input = Tensor.from(device, [0.5, 1], [2]);
 * using target = Tensor.from(device, [1, 1], [2]);
 * using loss = binaryCrossEntropy(input, target);
 * assertAlmostEquals(await loss.item(), Math.LN2 / 2, 1e-6);
 * ```
 *
 * @category Losses
 */
export function binaryCrossEntropy(
  input: Tensor,
  target: Tensor,
  options: LossOptions = {},
): Tensor {
  const name = "binaryCrossEntropy";
  checkOptions(name, options, ["reduction"]);
  const { reduction = "mean" } = options;
  checkReduction(name, reduction);
  checkTarget(name, input, target);
  return composed(() => reduced(lossesOf(input, target), reduction));
}

/** The logarithm where it is not below −100. */
const bounded = (logarithm: number) => Math.max(logarithm, -100);

/** `−t · log x − (1 − t) · log(1 − x)`. */
const lossesOf = /* @__PURE__ */ binary({
  name: "binaryCrossEntropy",
  reference: {
    value: (x, t) =>
      x >= 0 && x <= 1
        ? (t - 1) * bounded(Math.log1p(-x)) - t * bounded(Math.log(x))
        : NaN,
    left: (g, x, t) =>
      x >= 0 && x <= 1 ? g * (x - t) / Math.max((1 - x) * x, 1e-12) : NaN,
    right: (g, x) => g * (Math.log1p(-x) - Math.log(x)),
  },
  wgsl: {
    value: "lossOf(a, b)",
    left: "select(nanOf(a), g * (a - b) / max((1.0 - a) * a, 1e-12), " +
      "isProbability(a))",
    right: "select(nanOf(a), g * (logOfRest(a) - logOf(a)), isProbability(a))",
    functions: `
${log1pFunction}
${orderFunctions}
fn isProbability(x: f32) -> bool {
  return !isNan(x) && orderOf(x) >= 0 && orderOf(x) <= ${orderOf(1)};
}

fn nanOf(x: f32) -> f32 {
  return bitcast<f32>(bitcast<u32>(x) | 0x7fc00000u);
}

// log(x) for x from 0 to 1; of 0 it is −∞, which no constant may be.
fn logOf(x: f32) -> f32 {
  if (orderOf(x) == 0) {
    return bitcast<f32>(bitcast<u32>(x) | 0xff800000u);
  }
  return log(x);
}

// log(1 - x), without the loss of what is small beside 1.
fn logOfRest(x: f32) -> f32 {
  if (x < 0.5) { return log1p(-x); }
  return logOf(1.0 - x);
}

fn lossOf(x: f32, t: f32) -> f32 {
  if (!isProbability(x)) { return nanOf(x); }
  return (t - 1.0) * max(logOfRest(x), -100.0) - t * max(logOf(x), -100.0);
}
`,
  },
});
