import type { Dataset } from "../data/dataset.ts";
import { hasLabels, type Layout, layoutOf } from "../data/layout.ts";
import { Mnist } from "../data/mnist.ts";
import { RandomGenerator } from "../core/random.ts";
import { Subset, take } from "../data/subset.ts";
import { DataError, describe } from "../base/errors.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { dataIdentity } from "./_data_identity.ts";
import type { TrainOptions, TrainSettings } from "./options.ts";

/** The data of a training. */
export interface TrainingData {
  /** The rows to train on. */
  readonly trainData: Dataset;
  /** The rows to measure: held out of the training data, or the test data. */
  readonly valData: Dataset;
  /** What tells both from other data, as metadata. */
  readonly identity: DataIdentity;
}

/** The metadata that name the data of a training. */
export interface DataIdentity {
  /** The rows to train on, before any were held out. */
  readonly train_data: string;
  /** The rows to measure. */
  readonly val_data: string;
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
  const train_data = dataIdentity(chosen);
  if (valFraction > 0) {
    const val_data = `${valFraction} of ${train_data}`;
    const identity = { train_data, val_data };
    return { ...split(chosen, valFraction), identity };
  }
  const valData = options.testData ?? await mnistFor(chosen);
  const identity = { train_data, val_data: dataIdentity(valData) };
  return { trainData: chosen, valData, identity };
}

/** Images and labels of MNIST. */
const mnistLayout = { rowShape: [1, 28, 28], targetShape: [], classes: 10 };

function textOf(
  { classes, rowShape, targetShape }: Pick<
    Layout,
    "classes" | "rowShape" | "targetShape"
  >,
): string {
  return JSON.stringify({ rowShape, targetShape, classes });
}

/**
 * MNIST's test images, to measure a training whose data are laid out so too.
 *
 * @throws {TypeError} If they are not: their test data were forgotten.
 */
async function mnistFor(trainData: Dataset): Promise<Dataset> {
  const layout = textOf(layoutOf(trainData));
  const own = textOf(mnistLayout);
  if (layout === own) return await Mnist.open("data", { split: "test" });
  throw new TypeError(describe({
    what: "train: testData",
    expected: `data laid out as the training data, ${layout}`,
    got: `none, for which MNIST stands, ${own}`,
    help: "Give testData, or valFraction to hold out rows.",
  }));
}

/**
 * Refuses to go on with other data than a checkpoint's, where that names it.
 *
 * @throws {DataError} If the data are others.
 */
export function checkSameData(
  { train_data, val_data }: DataIdentity,
  { metadata = {} }: Pick<Checkpoint, "metadata">,
): void {
  checkSame("training data", train_data, metadata.train_data);
  checkSame("validation data", val_data, metadata.val_data);
}

function checkSame(what: string, got: string, expected = got): void {
  if (got === expected) return;
  throw new DataError(describe({
    what: `train: ${what} of a training that goes on`,
    expected: `the checkpoint's, ${expected}`,
    got,
    help:
      "Give the data that it was trained with; or begin a training with its " +
      "weights: --init.",
  }));
}

/** Holds out a fraction of the rows, the same rows every time. */
function split(
  dataset: Dataset,
  share: number,
): Omit<TrainingData, "identity"> {
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
