import { log1pFunction } from "../../kernels/lib/log1p.ts";
import { sigmoid, sigmoidFunction } from "../../kernels/lib/sigmoid.ts";
import { checkOptions } from "../base/options.ts";
import type { Tensor } from "../core/tensor.ts";
import { composed } from "./_composed.ts";
import { checkReduction, checkTarget, reduced } from "./_loss.ts";
import { add } from "./add.ts";
import { binary } from "./binary.ts";
import { broadcastShape } from "./_broadcast.ts";
import { shapeError, text } from "./check.ts";
import type { BceWithLogitsOptions } from "./loss_options.ts";
import { mul } from "./mul.ts";
import { neg } from "./neg.ts";
import { softplus } from "./softplus.ts";
import { sub } from "./sub.ts";

/**
 * Binary cross-entropy of scores whose sigmoid is a probability:
 * `−target · log σ(x) − (1 − target) · log(1 − σ(x))`, worked out so that nothing
 * overflows. By default the mean over all elements.
 *
 * @param input Scores of any shape.
 * @param target Probabilities, the shape of `input`: 0 and 1 mostly.
 * @param options The reduction, and factors.
 * @returns `[1]`, or the shape of `input` with `reduction: "none"`.
 * @throws {ShapeError} If the shapes are not equal, or a factor does not
 * broadcast to them.
 * @throws {TypeError} If the elements are not f32.
 *
 * @example
 * ```ts
 * import { bceWithLogits, openDevice, Tensor } from "@x/mnist-cnn";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * using input = Tensor.from(device, [0, 100], [2]);
 * using target = Tensor.from(device, [1, 1], [2]);
 * using loss = bceWithLogits(input, target);
 * assertAlmostEquals(await loss.item(), Math.LN2 / 2, 1e-6);
 * ```
 *
 * @category Losses
 */
export function bceWithLogits(
  input: Tensor,
  target: Tensor,
  options: BceWithLogitsOptions = {},
): Tensor {
  const name = "bceWithLogits";
  checkOptions(name, options, ["posWeight", "reduction", "weight"]);
  const { posWeight, reduction = "mean", weight } = options;
  checkReduction(name, reduction);
  checkTarget(name, input, target);
  if (weight) checkFactor("weight", weight, input);
  if (posWeight) checkFactor("posWeight", posWeight, input);
  return composed(() => {
    let losses: Tensor = lossesOf(input, target);
    if (posWeight) {
      // The losses of what is there, a share of which has been counted once.
      const there = mul(target, softplus(neg(input)));
      losses = add(losses, mul(sub(posWeight, 1), there));
    }
    if (weight) losses = mul(losses, weight);
    return reduced(losses, reduction);
  });
}

function checkFactor(option: string, factor: Tensor, { shape }: Tensor): void {
  const what = `bceWithLogits: ${option}`;
  const all = broadcastShape(what, shape, factor.shape);
  if (all.length === shape.length && all.every((n, i) => n === shape[i])) {
    return;
  }
  throw shapeError(
    `${what} ${text(factor.shape)} and input ${text(shape)}`,
    `a shape that broadcasts to ${text(shape)}`,
    text(factor.shape),
    "Aligned at the last axis, its sizes must be those of the input, or 1.",
  );
}

/** `(1 − t) · x + log(1 + exp(−x))`. */
const lossesOf = /* @__PURE__ */ binary({
  name: "bceWithLogits",
  reference: {
    value: (x, t) =>
      (1 - t) * x + Math.max(-x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
    left: (g, x, t) => g * (sigmoid(x) - t),
    right: (g, x) => -g * x,
  },
  wgsl: {
    value: "(1.0 - b) * a + (max(-a, 0.0) + log1p(exp(-abs(a))))",
    left: "g * (sigmoid(a) - b)",
    right: "-g * a",
    functions: log1pFunction + sigmoidFunction,
  },
});
