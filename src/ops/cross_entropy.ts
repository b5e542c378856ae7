import { crossEntropy as crossEntropyKernel } from "../../kernels/cross_entropy/cross_entropy.ts";
import { mulKernels } from "../../kernels/mul/mul.ts";
import { describe } from "../base/errors.ts";
import { record } from "../core/tape.ts";
import { type Shape, Tensor } from "../core/tensor.ts";
import { checkDType, checkRank, checkShape } from "./check.ts";

/** How {@linkcode crossEntropy} takes its labels. */
export interface CrossEntropyOptions {
  /**
   * Share of the target that is spread evenly over all classes, 0 to 1
   * (Szegedy et al., 2016). Default 0.
   */
  labelSmoothing?: number;
}

/**
 * Cross-entropy of scores and class labels: the mean over the batch of
 * `−log softmax(logits)[label]`, as PyTorch's `CrossEntropyLoss`.
 *
 * A label out of range makes the loss NaN; it cannot be refused here, since
 * labels live on the device. A data set checks its labels when it is made.
 *
 * @param logits `[N, classes]`.
 * @param labels `[N]`, i32, each from 0 to classes − 1.
 * @param options Label smoothing.
 * @returns The loss, `[1]`.
 * @throws {ShapeError} If the shapes do not fit each other.
 * @throws {TypeError} If `labels` are not i32.
 * @throws {RangeError} If `labelSmoothing` is not from 0 to 1.
 *
 * @example
 * ```ts
 * import { crossEntropy, openDevice, Tensor } from "@x/mnist-cnn";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * using logits = Tensor.from(device, [1, 1], [1, 2]);
 * using labels = Tensor.from(device, new Int32Array([0]), [1]);
 * using loss = crossEntropy(logits, labels);
 * assertAlmostEquals(await loss.item(), Math.log(2), 1e-6);
 * ```
 */
export function crossEntropy(
  logits: Tensor,
  labels: Tensor<Shape, "i32">,
  options: CrossEntropyOptions = {},
): Tensor<[number]> {
  return summedCrossEntropy(logits, labels, null, options);
}

/**
 * The same; adds to `sums` (`[2]`) the loss, and the number of correct
 * predictions.
 */
export function summedCrossEntropy(
  logits: Tensor,
  labels: Tensor<Shape, "i32">,
  sums: Tensor | null,
  options: CrossEntropyOptions = {},
): Tensor<[number]> {
  const { labelSmoothing = 0 } = options;
  if (!(labelSmoothing >= 0 && labelSmoothing <= 1)) {
    throw new RangeError(describe({
      what: "crossEntropy: labelSmoothing",
      expected: "a number from 0 to 1",
      got: String(labelSmoothing),
      help: "Give 0.1, or leave it out.",
    }));
  }
  checkRank("crossEntropy", "logits", logits.shape, ["N", "classes"]);
  const [batch, classes] = logits.shape;
  checkDType("crossEntropy", "labels", labels, "i32");
  checkShape("crossEntropy", "labels", labels.shape, [batch]);
  const { device } = logits;
  const shape = { batch, classes, labelSmoothing };
  const gradient = Tensor.empty(device, [batch, classes]);
  const loss = Tensor.empty<[number]>(device, [1]);
  const operands = { logits, labels, gradLogits: gradient, loss, sums };
  device.run(crossEntropyKernel, operands, shape);
  return record(loss, [logits], (gradLoss, [gradLogits]) => {
    if (gradLogits === null) return;
    device.run(mulKernels.forward, {
      left: gradient,
      right: gradLoss,
      axes: null,
      output: gradLogits,
    });
  }, [gradient]);
}
