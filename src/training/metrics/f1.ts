import { classCounts } from "../../../kernels/class_counts/class_counts.ts";
import { type AnyTensor, Tensor } from "../../core/tensor.ts";
import { argmax } from "../../ops/argmax.ts";
import { checkDType, checkRank, checkShape } from "../../ops/check.ts";
import type { Metric } from "./metric.ts";

/**
 * The macro F1 score of rows `[N, classes]` and labels: the mean over the classes
 * of 2·precision·recall / (precision + recall), that is twice the right
 * predictions of a class by its predictions and labels together. As in
 * scikit-learn a class counts that is predicted or a label somewhere.
 *
 * @example
 * ```ts
 * import { evaluate, Identity, metrics, openDevice, TensorDataset } from "@x/mnist-cnn";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * // Predicted: 0, 0, 1. Of class 0 F1 is 2/3, and of class 1.
 * const scores = new Float32Array([0.9, 0.1, 0.8, 0.2, 0.3, 0.7]);
 * const data = new TensorDataset(scores, [0, 1, 1], { rowShape: [2], classes: 2 });
 * const model = new Identity().to(device);
 * const found = await evaluate(device, model, data, { metrics: [metrics.f1()] });
 * assertAlmostEquals(found.metrics.f1, 2 / 3);
 * ```
 */
export function f1(): Metric {
  return { name: "f1", sums: counts, value: macroF1 };
}

function counts(scores: Tensor, labels: AnyTensor): Tensor {
  checkRank("f1", "output", scores.shape, ["N", "classes"]);
  const [batch, classes] = scores.shape;
  checkDType("f1", "labels", labels, "i32");
  checkShape("f1", "labels", labels.shape, [batch]);
  const output = Tensor.empty(scores.device, [3, classes]);
  const operands = { predictions: argmax(scores), labels, output };
  scores.device.run(classCounts, operands, { batch, classes });
  return output;
}

/** The mean F1 of counts `[3, classes]`: right ones, predictions, labels. */
function macroF1(counts: Float32Array): number {
  const classes = counts.length / 3;
  const right = counts.subarray(0, classes);
  const seen = counts.subarray(classes, 2 * classes)
    .map((predicted, own) => predicted + counts[2 * classes + own]);
  let sum = 0;
  let occurring = 0;
  for (let own = 0; own < classes; own++) {
    if (seen[own] === 0) continue;
    sum += 2 * right[own] / seen[own];
    occurring++;
  }
  return sum / occurring;
}
