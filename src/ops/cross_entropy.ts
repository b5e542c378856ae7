import { record } from "../tape.ts";
import { type Shape, Tensor } from "../tensor.ts";
import { checkDType, checkRank, checkShape } from "./_check.ts";

/**
 * Cross-entropy of scores and class labels: the mean over the batch of
 * `−log softmax(logits)[label]`, as PyTorch's `CrossEntropyLoss`.
 *
 * A label out of range makes the loss NaN; it cannot be refused here, since
 * labels live on the device. A data set checks its labels when it is made.
 *
 * @param logits `[N, classes]`.
 * @param labels `[N]`, i32, each from 0 to classes − 1.
 * @returns The loss, `[1]`.
 * @throws {ShapeError} If the shapes do not fit each other.
 * @throws {TypeError} If `labels` are not i32.
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
): Tensor<[number]> {
  checkRank("crossEntropy", "logits", logits.shape, ["N", "classes"]);
  const [batch, classes] = logits.shape;
  checkDType("crossEntropy", "labels", labels, "i32");
  checkShape("crossEntropy", "labels", labels.shape, [batch]);
  const { device } = logits;
  const { kernels } = device;
  const shape = { batch, classes };
  const probabilities = Tensor.empty(device, [batch, classes]);
  const loss = Tensor.empty<[number]>(device, [1]);
  kernels.crossEntropyForward(logits, labels, probabilities, loss, shape);
  return record(loss, [logits], (gradLoss, [gradLogits]) => {
    if (gradLogits === null) return;
    kernels.crossEntropyGradient(
      gradLoss,
      probabilities,
      labels,
      gradLogits,
      shape,
    );
  });
}
