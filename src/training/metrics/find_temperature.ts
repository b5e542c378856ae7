import { arraysOf } from "../../data/arrays.ts";
import type { ArrayDataset, Dataset } from "../../data/dataset.ts";
import { hasLabels, layoutOf } from "../../data/layout.ts";
import type { Device } from "../../devices/device.ts";
import type { Layer } from "../../nn/mod.ts";
import type { Prediction } from "../predict.ts";
import { predictRows } from "../predict_rows.ts";

/** The highest temperature, and the inverse of the lowest. */
const most = 10;

/** Halvings of the interval between those: more change no digit of a float32. */
const halvings = 30;

/**
 * The temperature of a classifier: what its logits are divided by so that their
 * softmax is right as often as it says. It has the least cross-entropy with the
 * labels of rows on which the model was not trained: Guo et al., 2017,
 * arXiv:1706.04599. The class with the largest logit stays the same.
 *
 * @param device Where the model is.
 * @param model From inputs to logits, `[N, classes]`; left in evaluation mode.
 * @param dataset Rows and labels. It is run once.
 * @returns From 0.1 to 10; 1 where targets are no labels, rows do not lie in
 * arrays, or all or none are right, which tells nothing of how sure a model
 * may be.
 *
 * @example
 * ```ts
 * import { Identity, metrics, openDevice, TensorDataset } from "@x/mnist-cnn";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * // Three of four are right: what is as likely as that has logits log 3 apart.
 * const logits = new Float32Array([0, 9, 0, 9, 0, 9, 0, 9]);
 * const data = new TensorDataset(logits, [1, 1, 1, 0], { rowShape: [2], classes: 2 });
 * const model = new Identity().to(device);
 * const temperature = await metrics.findTemperature(device, model, data);
 * assertAlmostEquals(temperature, 9 / Math.log(3), 1e-6);
 * ```
 */
export async function findTemperature(
  device: Device,
  model: Layer,
  dataset: Dataset,
): Promise<number> {
  return (await calibrate(device, model, dataset)).temperature;
}

/** How sure a model is of rows, and what it says of each. */
export interface Calibration {
  /** As {@linkcode findTemperature} gives it. */
  readonly temperature: number;
  /** Null where targets are no labels, or rows do not lie in arrays. */
  readonly predictions: readonly Prediction[] | null;
}

/**
 * The temperature of a classifier, and the predictions that it is found by.
 *
 * @param found What the model says of each row, where that is known.
 */
export async function calibrate(
  device: Device,
  model: Layer,
  dataset: Dataset,
  found: readonly Prediction[] | null = null,
): Promise<Calibration> {
  const arrays = labelledArrays(dataset);
  if (arrays === null) return { temperature: 1, predictions: null };
  const predictions = found ?? await predictRows(device, model, arrays);
  const temperature = temperatureOf(predictions, arrays.targets.data);
  return { temperature, predictions };
}

/** Rows and labels in arrays; null where there are no labels, or no arrays. */
export function labelledArrays(dataset: Dataset): ArrayDataset | null {
  const arrays = arraysOf(dataset);
  return arrays !== null && hasLabels(layoutOf(arrays)) ? arrays : null;
}

/** The temperature of logits, for the labels of their rows. */
function temperatureOf(
  found: readonly Prediction[],
  labels: ArrayLike<number>,
): number {
  const right =
    found.filter(({ prediction }, row) => prediction === labels[row]).length;
  if (right === 0 || right === found.length) return 1;
  let [low, high] = [-Math.log(most), Math.log(most)];
  for (let halving = 0; halving < halvings; halving++) {
    const middle = (low + high) / 2;
    if (isTooSure(found, labels, Math.exp(middle))) high = middle;
    else low = middle;
  }
  return Math.fround(Math.exp(-(low + high) / 2));
}

/**
 * Whether logits times a factor are too far apart: whether the cross-entropy,
 * which is convex in the factor, grows there.
 */
function isTooSure(
  found: readonly Prediction[],
  labels: ArrayLike<number>,
  factor: number,
): boolean {
  let slope = 0;
  for (const [row, { logits }] of found.entries()) {
    const largest = Math.max(...logits);
    let [sum, weighted] = [0, 0];
    for (const logit of logits) {
      const power = Math.exp(factor * (logit - largest));
      sum += power;
      weighted += power * logit;
    }
    slope += weighted / sum - logits[labels[row]];
  }
  return slope > 0;
}
