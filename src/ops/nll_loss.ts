import { checkLabels } from "../../kernels/check_labels/check_labels.ts";
import {
  nllLossForward,
  nllLossGradient,
  type NllLossShape,
} from "../../kernels/nll_loss/nll_loss.ts";
import { describe } from "../base/errors.ts";
import { checkOptions } from "../base/options.ts";
import { labelFault } from "../core/label_fault.ts";
import { isSameShape } from "../core/shape.ts";
import { record } from "../core/tape.ts";
import { elementsOf, type Shape, Tensor } from "../core/tensor.ts";
import { composed } from "./_composed.ts";
import { checkReduction, reduced } from "./_loss.ts";
import { checkDType, checkShape, shapeError, text } from "./check.ts";
import { div } from "./div.ts";
import type { NllLossOptions } from "./loss_options.ts";
import { sum } from "./sum.ts";

/**
 * The negative log-likelihood of labels, `−weight · input` at the label: by
 * default the mean over all labels, divided by their weights.
 *
 * A label that is no class is an error where the loss is read, in `item()` or
 * `data()`: labels lie on the device. Until then the loss is NaN.
 *
 * @param input Log-probabilities `[N, classes, …]`, see {@linkcode logSoftmax}.
 * @param labels i32 `[N, …]`, each from 0 to classes − 1.
 * @param options Weights, what to leave out, the reduction.
 * @returns `[1]`, or the shape of `labels` with `reduction: "none"`.
 * @throws {ShapeError} If the shapes do not fit each other.
 * @throws {TypeError} If the labels are not i32.
 *
 * @example
 * ```ts
 * import { logSoftmax, nllLoss, openDevice, Tensor } from "@x/mnist-cnn";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * using scores = Tensor.from(device, [1, 1, 5, 0], [2, 2]);
 * using labels = Tensor.from(device, new Int32Array([0, -1]), [2]);
 * using loss = nllLoss(logSoftmax(scores, 1), labels, { ignoreIndex: -1 });
 * assertAlmostEquals(await loss.item(), Math.LN2, 1e-6);
 * ```
 *
 * @category Losses
 */
export function nllLoss(
  input: Tensor,
  labels: Tensor<Shape, "i32">,
  options: NllLossOptions = {},
): Tensor {
  checkOptions("nllLoss", options, ["ignoreIndex", "reduction", "weight"]);
  checkDType("nllLoss", "input", input);
  return smoothedNllLoss("nllLoss", input, labels, options, 0);
}

/** The same against labels that are smoothed. */
export function smoothedNllLoss(
  name: string,
  input: Tensor,
  labels: Tensor<Shape, "i32">,
  options: NllLossOptions,
  labelSmoothing: number,
): Tensor {
  const { ignoreIndex = null, reduction = "mean", weight = null } = options;
  checkReduction(name, reduction);
  checkIgnored(name, ignoreIndex);
  const { classes, inner } = labelsShape(name, input, labels);
  if (weight !== null) checkWeight(name, weight, classes, input.shape);
  const shape = { classes, inner, ignoreIndex, labelSmoothing };
  return composed(() => {
    const { losses, weights } = lossesOf(input, labels, weight, shape);
    const isPlain = weight === null && ignoreIndex === null;
    if (reduction !== "mean" || isPlain) return reduced(losses, reduction);
    return div(sum(losses), sum(weights));
  });
}

function lossesOf(
  x: Tensor,
  labels: Tensor<Shape, "i32">,
  weight: Tensor | null,
  shape: NllLossShape,
): { losses: Tensor; weights: Tensor } {
  const { device } = x;
  const losses = Tensor.empty(device, labels.shape);
  const weights = Tensor.empty(device, labels.shape);
  const operands = { x, labels, weight, losses, weights };
  device.run(nllLossForward, operands, shape);
  device.run(checkLabels, { labels, fault: labelFault(device) }, shape);
  record(losses, [x], (gradOutput, [gradX]) => {
    const operands = { gradOutput, labels, weight, gradX };
    device.run(nllLossGradient, operands, shape);
  });
  return { losses, weights };
}

/** The shape rule of labels: those of the input without its classes. */
function labelsShape(
  name: string,
  { shape }: Tensor,
  labels: Tensor<Shape, "i32">,
): { classes: number; inner: number } {
  checkDType(name, "labels", labels, "i32");
  const expected = shape.length < 2 ? null : shape.toSpliced(1, 1);
  if (expected === null || !isSameShape(expected, labels.shape)) {
    throw shapeError(
      `${name}: scores ${text(shape)} and labels ${text(labels.shape)}`,
      expected === null
        ? "scores [N, classes] or [N, classes, …]"
        : `labels of shape ${text(expected)}`,
      text(expected === null ? shape : labels.shape),
      "Labels have the shape of the scores without the classes.",
    );
  }
  return { classes: shape[1], inner: elementsOf(expected.slice(1)) };
}

/** Throws unless there is a factor for each class. */
export function checkWeight(
  name: string,
  weight: Tensor,
  classes: number,
  scores: Shape,
): void {
  checkDType(name, "weight", weight);
  checkShape(name, "weight", weight.shape, [classes], ["scores", scores]);
}

function checkIgnored(name: string, ignoreIndex: number | null): void {
  const isWhole = ignoreIndex === null ||
    Number.isInteger(ignoreIndex) && Math.abs(ignoreIndex) < 2 ** 31;
  if (isWhole) return;
  throw new RangeError(describe({
    what: `${name}: ignoreIndex`,
    expected: "a whole number",
    got: String(ignoreIndex),
    help: "Leave it out where every label counts.",
  }));
}
