import { l1Loss } from "../../ops/l1_loss.ts";
import { scale } from "../../ops/scale.ts";
import type { Metric } from "./metric.ts";

/**
 * The mean of |output − target| over all numbers of all rows, which have one
 * shape.
 *
 * @example
 * ```ts
 * import { evaluate, Identity, metrics, mseLoss, openDevice, TensorDataset } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * const [outputs, targets] = [[1, 2], [1, 5]].map((row) => Float32Array.from(row));
 * const data = new TensorDataset(outputs, targets, { rowShape: [], targetShape: [] });
 * const model = new Identity().to(device);
 * const found = await evaluate(device, model, data, {
 *   loss: mseLoss,
 *   metrics: [metrics.meanAbsoluteError()],
 * });
 * assertEquals(found.metrics, { meanAbsoluteError: 1.5 });
 * ```
 */
export function meanAbsoluteError(): Metric {
  return {
    name: "meanAbsoluteError",
    sums(output, targets) {
      // The mean of a batch by its rows: the last one may have fewer.
      return scale(l1Loss(output, targets), output.shape[0]);
    },
    value: ([sum], rows) => sum / rows,
  };
}
