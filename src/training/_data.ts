import type { Dataset } from "../data/dataset.ts";
import { hasLabels, layoutOf } from "../data/layout.ts";
import { Mnist } from "../data/mnist.ts";
import { RandomGenerator } from "../core/random.ts";
import { Subset, take } from "../data/subset.ts";
import { describe } from "../base/errors.ts";
import type { TrainOptions, TrainSettings } from "./options.ts";

/** The data of a training. */
export interface TrainingData {
  /** The rows to train on. */
  readonly trainData: Dataset;
  /** The rows to measure: held out of the training data, or the test data. */
  readonly valData: Dataset;
}

/**
 * The data of the options, MNIST where they name none, split as asked for.
 *
 * @throws {TypeError} If options are for labels, and the targets are none.
 */
export async function openData(
  options: TrainOptions,
  settings: TrainSettings,
): Promise<TrainingData> {
  const { limit, valFraction } = settings;
  const all = options.trainData ?? await Mnist.open("data", { split: "train" });
  checkTargets(all, settings, options);
  const chosen = limit === 0 ? all : take(all, limit);
  if (valFraction > 0) return split(chosen, valFraction);
  const valData = options.testData ??
    await Mnist.open("data", { split: "test" });
  return { trainData: chosen, valData };
}

/** Holds out a fraction of the rows, the same rows every time. */
function split(dataset: Dataset, share: number): TrainingData {
  const order = new RandomGenerator(0).permutation(dataset.length);
  const kept = Math.round(dataset.length * share);
  const count = dataset.length - kept;
  if (kept === 0 || count === 0) {
    throw new RangeError(describe({
      what: `train: valFraction ${share} of ${dataset.length} rows`,
      expected: "some rows to measure with and some to learn from",
      got: `${kept} and ${count}`,
      help: "Give another share, or more rows.",
    }));
  }
  return {
    trainData: new Subset(dataset, order.subarray(0, count)),
    valData: new Subset(dataset, order.subarray(count)),
  };
}

/** Throws where options are for labels and targets are none. */
function checkTargets(
  data: Dataset,
  { targetAcc }: TrainSettings,
  { model }: TrainOptions,
): void {
  if (hasLabels(layoutOf(data))) return;
  const expected = model === undefined ? "a model" : "no targetAcc";
  if (model !== undefined && targetAcc === 0) return;
  throw new TypeError(describe({
    what: "train: targets that are no labels",
    expected,
    got: model === undefined ? "none" : String(targetAcc),
    help: "Give a model of your own, and a loss; accuracy is of labels alone.",
  }));
}
