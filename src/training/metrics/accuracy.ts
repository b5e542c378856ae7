import { correctCount } from "../../ops/correct_count.ts";
import type { Metric } from "./metric.ts";

/**
 * The share of rows `[N, classes]` whose largest score is their label's. The
 * first of equals is the largest; NaN is above all.
 *
 * @example
 * ```ts
 * import { evaluate, Identity, metrics, openDevice, TensorDataset } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * const scores = new Float32Array([0.9, 0.1, 0.2, 0.8]);
 * const data = new TensorDataset(scores, [0, 0], { rowShape: [2], classes: 2 });
 * const model = new Identity().to(device);
 * const found = await evaluate(device, model, data, {
 *   metrics: [metrics.accuracy()],
 * });
 * assertEquals(found.metrics, { accuracy: 0.5 });
 * ```
 */
export function accuracy(): Metric {
  return {
    name: "accuracy",
    sums: (output, labels) => correctCount(output, labels),
    value: ([correct], rows) => correct / rows,
  };
}
