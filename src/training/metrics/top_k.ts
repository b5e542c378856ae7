import { topKCount } from "../../../kernels/top_k/top_k.ts";
import { describe } from "../../base/errors.ts";
import { type AnyTensor, Tensor } from "../../core/tensor.ts";
import { checkDType, checkRank, checkShape } from "../../ops/check.ts";
import type { Metric } from "./metric.ts";

/**
 * The share of rows `[N, classes]` whose label has one of the `k` largest
 * scores: `top5` for 5. The first of equals is larger; NaN is above all.
 *
 * @throws {RangeError} If `k` is no whole number of at least 1, or, of a model's
 * output, above the number of classes.
 *
 * @example
 * ```ts
 * import { evaluate, Identity, metrics, openDevice, TensorDataset } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * const scores = new Float32Array([0.7, 0.2, 0.1, 0.7, 0.2, 0.1]);
 * const data = new TensorDataset(scores, [1, 2], { rowShape: [3], classes: 3 });
 * const model = new Identity().to(device);
 * const found = await evaluate(device, model, data, {
 *   metrics: [metrics.topK(2)],
 * });
 * assertEquals(found.metrics, { top2: 0.5 });
 * ```
 */
export function topK(k: number): Metric {
  if (!Number.isSafeInteger(k) || k < 1) {
    throw badK("a whole number of at least 1", k);
  }
  return {
    name: `top${k}`,
    sums: (output, labels) => count(output, labels, k),
    value: ([found], rows) => found / rows,
  };
}

function count(scores: Tensor, labels: AnyTensor, k: number): Tensor {
  checkRank("topK", "output", scores.shape, ["N", "classes"]);
  const [batch, classes] = scores.shape;
  checkDType("topK", "labels", labels, "i32");
  checkShape("topK", "labels", labels.shape, [batch]);
  if (k > classes) throw badK(`at most ${classes}, the number of classes`, k);
  const output = Tensor.empty(scores.device, [1]);
  const operands = { scores, labels, output };
  scores.device.run(topKCount, operands, { batch, classes, k });
  return output;
}

function badK(expected: string, got: number): RangeError {
  return new RangeError(describe({
    what: "topK: k",
    expected,
    got: String(got),
    help: "Give 5 for the five largest scores.",
  }));
}
