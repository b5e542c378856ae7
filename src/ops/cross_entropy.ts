import { crossEntropy as crossEntropyKernel } from "../../kernels/cross_entropy/cross_entropy.ts";
import { mulKernels } from "../../kernels/mul/mul.ts";
import { describe } from "../base/errors.ts";
import { checkOptions } from "../base/options.ts";
import { labelFault } from "../core/label_fault.ts";
import { isSameShape } from "../core/shape.ts";
import { record } from "../core/tape.ts";
import { type Shape, Tensor } from "../core/tensor.ts";
import { composed } from "./_composed.ts";
import { checkReduction } from "./_loss.ts";
import { add } from "./add.ts";
import {
  checkDType,
  checkRank,
  checkShape,
  shapeError,
  text,
} from "./check.ts";
import { logSoftmax } from "./log_softmax.ts";
import type { NllLossOptions } from "./loss_options.ts";
import { mul } from "./mul.ts";
import { neg } from "./neg.ts";
import { checkWeight, smoothedNllLoss } from "./nll_loss.ts";
import { scale } from "./scale.ts";
import { sum } from "./sum.ts";

/**
 * Options of {@linkcode crossEntropy}.
 *
 * @category Losses
 */
export interface CrossEntropyOptions extends NllLossOptions {
  /**
   * Share of the target that is spread evenly over all classes, 0 to 1
   * (Szegedy et al., 2016). Default 0.
   */
  labelSmoothing?: number;
}

/**
 * Cross-entropy of scores and class labels: by default the mean over the batch of
 * `−log softmax(logits)[label]`, as PyTorch's `CrossEntropyLoss`. Instead of a
 * label there may be a probability for each class.
 *
 * A label that is no class is an error where the loss is read, in `item()` or
 * `data()`: labels lie on the device. Until then the loss is NaN. A data set
 * checks its labels when it is made.
 *
 * Scores `[N, classes]` with labels and no option but `labelSmoothing` take one
 * kernel, which works out the gradient too.
 *
 * @param logits `[N, classes]` or `[N, classes, …]`.
 * @param target i32 labels `[N]` or `[N, …]`, each from 0 to classes − 1; or f32
 * probabilities of the shape of `logits`.
 * @param options Class weights, a label to leave out, label smoothing, and the
 * reduction. With probabilities the mean is over the batch, whatever the weights.
 * @returns The loss, `[1]`; a loss for each label with `reduction: "none"`.
 * @throws {ShapeError} If the shapes do not fit each other.
 * @throws {TypeError} If `target` is neither i32 nor f32, or there is an
 * `ignoreIndex` for probabilities.
 * @throws {RangeError} If `labelSmoothing` is not from 0 to 1.
 *
 * @example
 * ```ts
 * import { crossEntropy, openDevice, Tensor } from "@x/mnist-cnn";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * const logits = Tensor.from(device, [1, 1], [1, 2]);
 * const labels = Tensor.from(device, new Int32Array([0]), [1]);
 * using loss = crossEntropy(logits, labels);
 * assertAlmostEquals(await loss.item(), Math.log(2), 1e-6);
 * const probabilities = Tensor.from(device, [0.25, 0.75], [1, 2]);
 * using soft = crossEntropy(logits, probabilities);
 * assertAlmostEquals(await soft.item(), Math.log(2), 1e-6);
 * ```
 *
 * @category Losses
 */
export function crossEntropy(
  logits: Tensor,
  target: Tensor<Shape, "i32">,
  options?: CrossEntropyOptions,
): Tensor;
/** The same against probabilities, or whichever of both the target is. */
export function crossEntropy(
  logits: Tensor,
  target: Tensor<Shape, "i32"> | Tensor,
  options?: CrossEntropyOptions,
): Tensor;
export function crossEntropy(
  logits: Tensor,
  target: Tensor<Shape, "i32"> | Tensor,
  options: CrossEntropyOptions = {},
): Tensor {
  checkOptions("crossEntropy", options, [
    "ignoreIndex",
    "labelSmoothing",
    "reduction",
    "weight",
  ]);
  const { ignoreIndex, labelSmoothing = 0, reduction, weight } = options;
  checkSmoothing(labelSmoothing);
  checkDType("crossEntropy", "logits", logits);
  if (logits.shape.length < 2) {
    throw shapeError(
      "crossEntropy: logits",
      "dimensions [N, classes] or [N, classes, …]",
      text(logits.shape),
      "Add a batch dimension of 1.",
    );
  }
  if (!isLabels(target)) return softCrossEntropy(logits, target, options);
  const isPlain = (reduction ?? "mean") === "mean" && !weight &&
    ignoreIndex === undefined;
  if (isPlain && logits.shape.length === 2) {
    return summedCrossEntropy(logits, target, null, options);
  }
  return composed(() =>
    smoothedNllLoss(
      "crossEntropy",
      logSoftmax(logits, 1),
      target,
      options,
      labelSmoothing,
    )
  );
}

function isLabels(
  target: Tensor<Shape, "i32"> | Tensor,
): target is Tensor<Shape, "i32"> {
  return target.dtype !== "f32";
}

function checkSmoothing(labelSmoothing: number): void {
  if (labelSmoothing >= 0 && labelSmoothing <= 1) return;
  throw new RangeError(describe({
    what: "crossEntropy: labelSmoothing",
    expected: "a number from 0 to 1",
    got: String(labelSmoothing),
    help: "Give 0.1, or leave it out.",
  }));
}

/** Against a probability for each class. */
function softCrossEntropy(
  logits: Tensor,
  target: Tensor,
  options: CrossEntropyOptions,
): Tensor {
  const { ignoreIndex, labelSmoothing = 0, reduction = "mean", weight } =
    options;
  checkReduction("crossEntropy", reduction);
  const { length, shape } = logits;
  if (shape.length < 2 || !isSameShape(shape, target.shape)) {
    throw shapeError(
      `crossEntropy: logits ${text(shape)} and probabilities ${
        text(target.shape)
      }`,
      "both of one shape [N, classes] or [N, classes, …]",
      text(target.shape),
      "Make i32 labels from an Int32Array.",
    );
  }
  if (ignoreIndex !== undefined) {
    throw new TypeError(describe({
      what: "crossEntropy: ignoreIndex",
      expected: "i32 labels with it",
      got: "probabilities",
      help: "Leave it out: probabilities of 0 count for nothing.",
    }));
  }
  const classes = shape[1];
  if (weight) checkWeight("crossEntropy", weight, classes, logits.shape);
  return composed(() => {
    const smoothed = labelSmoothing === 0 ? target : add(
      scale(target, 1 - labelSmoothing),
      labelSmoothing / classes,
    );
    const factors = weight?.reshape([classes, ...shape.slice(2).map(() => 1)]);
    const wanted = factors ? mul(smoothed, factors) : smoothed;
    const terms = mul(logSoftmax(logits, 1), wanted);
    if (reduction === "none") return neg(sum(terms, { dim: 1 }));
    return scale(sum(terms), reduction === "sum" ? -1 : -classes / length);
  });
}

/**
 * The mean over a batch of scores `[N, classes]`; adds to `sums` (`[2]`) the loss, and the number of correct
 * predictions.
 */
export function summedCrossEntropy(
  logits: Tensor,
  labels: Tensor<Shape, "i32">,
  sums: Tensor | null,
  options: CrossEntropyOptions = {},
): Tensor<[number]> {
  const { labelSmoothing = 0 } = options;
  checkSmoothing(labelSmoothing);
  checkDType("crossEntropy", "logits", logits);
  checkRank("crossEntropy", "logits", logits.shape, ["N", "classes"]);
  const [batch, classes] = logits.shape;
  checkDType("crossEntropy", "labels", labels, "i32");
  checkShape("crossEntropy", "labels", labels.shape, [batch], [
    "logits",
    logits.shape,
  ]);
  const { device } = logits;
  const shape = { batch, classes, labelSmoothing };
  const gradient = Tensor.empty(device, [batch, classes]);
  const loss = Tensor.empty<[number]>(device, [1]);
  device.run(crossEntropyKernel, {
    logits,
    labels,
    gradLogits: gradient,
    loss,
    sums,
    fault: labelFault(device),
  }, shape);
  return record(loss, [logits], (gradLoss, [gradLogits]) => {
    device.run(mulKernels.forward, {
      left: gradient,
      right: gradLoss,
      axes: null,
      output: gradLogits,
    });
  }, [gradient]);
}
