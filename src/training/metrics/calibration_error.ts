import { describe } from "../../base/errors.ts";
import { checkOptions } from "../../base/options.ts";
import { type AnyTensor, type Shape, Tensor } from "../../core/tensor.ts";
import { checkDType, checkRank, checkShape } from "../../ops/check.ts";
import { div } from "../../ops/div.ts";
import { eq } from "../../ops/eq.ts";
import { ge } from "../../ops/ge.ts";
import { max } from "../../ops/max.ts";
import { mul } from "../../ops/mul.ts";
import { softmax } from "../../ops/softmax.ts";
import { sub } from "../../ops/sub.ts";
import { sum } from "../../ops/sum.ts";
import type { Metric } from "./metric.ts";

/** How probabilities are compared with how often they are right. */
export interface CalibrationErrorOptions {
  /** What logits are divided by before the softmax. Default 1. */
  temperature?: number;
  /** Bins of equal width. Default 15. */
  bins?: number;
}

/**
 * The expected calibration error of logits `[N, classes]` and labels, 0…1: how
 * far apart the probability of the predicted class and the share of right
 * predictions are. Rows are put into bins by that probability; the differences
 * of the bins are weighted by their rows. Guo et al., 2017, arXiv:1706.04599.
 *
 * Its name is `calibrationError`, with another temperature than 1
 * `calibrationErrorAt1.5`.
 *
 * @throws {TypeError} If there is no such option.
 * @throws {RangeError} If the temperature is not above 0, or `bins` is no whole
 * number of at least 1.
 *
 * @example
 * ```ts
 * import { evaluate, Identity, metrics, openDevice, TensorDataset } from "@x/mnist-cnn";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * // As likely as not, and right in one of four.
 * const logits = new Float32Array(8);
 * const data = new TensorDataset(logits, [0, 1, 1, 1], { rowShape: [2], classes: 2 });
 * const found = await evaluate(device, new Identity().to(device), data, {
 *   metrics: [metrics.calibrationError()],
 * });
 * assertAlmostEquals(found.metrics.calibrationError, 0.25);
 * ```
 */
export function calibrationError(
  options: CalibrationErrorOptions = {},
): Metric {
  checkOptions("calibrationError", options, ["bins", "temperature"]);
  const { bins = 15, temperature = 1 } = options;
  if (!(temperature > 0 && temperature < Infinity)) {
    throw wrong("temperature", "a number above 0", temperature);
  }
  if (!Number.isSafeInteger(bins) || bins < 1) {
    throw wrong("bins", "a whole number of at least 1", bins);
  }
  const at = temperature === 1 ? "" : `At${temperature}`;
  return {
    name: `calibrationError${at}`,
    sums: (output, labels) => missing(output, labels, temperature, bins),
    value: errorOf,
  };
}

/**
 * Right predictions less their probabilities, summed over the rows whose
 * probability is at least the lower edge of each bin, `[bins]`.
 */
function missing(
  logits: Tensor,
  labels: AnyTensor,
  temperature: number,
  bins: number,
): Tensor {
  checkRank("calibrationError", "output", logits.shape, ["N", "classes"]);
  const [batch] = logits.shape;
  checkDType("calibrationError", "labels", labels, "i32");
  checkShape("calibrationError", "labels", labels.shape, [batch]);
  const probabilities = softmax(div(logits, temperature), 1);
  const { indices, values } = max(probabilities, 1);
  const right = eq(labels as Tensor<Shape, "i32">, indices);
  const apart = sub(right, values).reshape([batch, 1]);
  const lower = Float32Array.from({ length: bins }, (_, bin) => bin / bins);
  const edges = Tensor.from(logits.device, lower, [1, bins]);
  const isAbove = ge(values.reshape([batch, 1]), edges);
  return sum(mul(isAbove, apart), 0);
}

function errorOf(above: Float32Array, rows: number): number {
  const inBins = above.map((sum, bin) => sum - (above[bin + 1] ?? 0));
  return inBins.reduce((sum, apart) => sum + Math.abs(apart), 0) / rows;
}

function wrong(name: string, expected: string, got: number): RangeError {
  return new RangeError(describe({
    what: `calibrationError: ${name}`,
    expected,
    got: String(got),
    help: "Leave it out for the default.",
  }));
}
