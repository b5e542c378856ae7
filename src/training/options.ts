/**
 * The options of a training, and its results.
 *
 * @module
 */

import type { DataError } from "../base/errors.ts";
import type { Dataset } from "../data/dataset.ts";
import type { Device, Precision } from "../devices/device.ts";
import type { Layer } from "../nn/mod.ts";
import type { Loss } from "./loss.ts";
import type { Metric } from "./metrics/mod.ts";
import type { Prediction } from "./predict.ts";
import type { AugmentSettings } from "./augmentation.ts";
import type { NetworkName } from "../models/mod.ts";

/**
 * The settings of a training: plain values, which a checkpoint stores. The
 * defaults are those of the PyTorch notebook.
 *
 * @category Training
 */
export interface TrainSettings {
  /**
   * Settings under a name. Explicit options override the recipe.
   * Default `"notebook"`.
   */
  recipe: "notebook" | "fast" | "best";
  /** The network to train where no `model` is given. Default `"cnn"`. */
  network: NetworkName;
  /** Passes over the training data. Default 10. */
  epochs: number;
  /** Rows of a batch. Default 100. */
  batchSize: number;
  /** Learning rate, the peak where a schedule changes it. Default 0.01. */
  lr: number;
  /**
   * Learning-rate schedule: `"constant"`; `"step"` multiplies the rate by `gamma`
   * every `stepSize` epochs, `"multistep"` after the epochs `milestones`,
   * `"exponential"` by so much in the course of every epoch, and `"plateau"` where
   * `valLoss` has not improved for more than `stepSize` epochs; `"cosine"` anneals
   * it to 0; `"one-cycle"` rises from `lr / 25` to `lr`, then anneals.
   * Default `"constant"`.
   */
  schedule:
    | "constant"
    | "step"
    | "multistep"
    | "exponential"
    | "cosine"
    | "one-cycle"
    | "plateau";
  /**
   * Epochs between two steps of the schedule `"step"`; epochs without improvement
   * that `"plateau"` puts up with. Default 1.
   */
  stepSize: number;
  /** Epochs after which the schedule `"multistep"` steps. Default `[]`. */
  milestones: readonly number[];
  /** Factor of the rate at each of those steps. Default 0.1. */
  gamma: number;
  /**
   * Epochs, possibly fractional, of linear warm-up from `lr / 10` to `lr` before
   * the schedule begins. Default 0.
   */
  warmup: number;
  /**
   * Adam, AdamW with its decoupled weight decay, RMSprop, or Adadelta, whose own
   * learning rate is 1. Default `"adam"`.
   */
  optimizer: "adam" | "adamw" | "rmsprop" | "adadelta";
  /** Weight decay: an L2 penalty, but with AdamW decoupled. Default 0. */
  weightDecay: number;
  /** Maximum norm of all gradients together; 0 does not clip. Default 0. */
  clipGradNorm: number;
  /**
   * Decay of a moving average of the weights, 0.999 say. The average is what
   * every epoch measures and the model has at the end; a checkpoint has both. 0
   * keeps none. Default 0.
   */
  emaDecay: number;
  /** Label smoothing, 0 to below 1, as in PyTorch. Default 0. */
  labelSmoothing: number;
  /** Random augmentation of the training images. Default `{}`: none. */
  augment: AugmentSettings;
  /**
   * Mean and standard deviation by which images are normalised, after
   * augmentation: `[0.1307, 0.3081]` for MNIST; for several channels the mean of
   * each, then the standard deviation of each. The model does it itself from
   * then on, where it is measured and where it predicts. Default `[]`: not at
   * all.
   */
  normalize: readonly number[];
  /**
   * Parts of the model that stay as they are, bit for bit, by their names in a
   * state dictionary: `["layer1"]`, `["layer1.0", "fc.bias"]`. Their parameters
   * get no gradients during the training. A module that is named stays in
   * evaluation mode: its batch normalisation uses its running statistics and does
   * not move them, and it drops nothing out. Default `[]`: none.
   */
  freeze: readonly string[];
  /**
   * Parts of the model, named as in `freeze`, that keep their random first values
   * instead of those of `init`: the last layer, where the classes are others.
   * Default `[]`: none.
   */
  reset: readonly string[];
  /** Seed of the initial weights, the order and the augmentation. Default 0. */
  seed: number;
  /** Number of training rows to use, the first ones; 0 is all. Default 0. */
  limit: number;
  /**
   * Fraction of the training rows that is held out and measured instead of the
   * test data, so that options can be chosen without the test data. The same rows
   * for every seed. Default 0.
   */
  valFraction: number;
  /**
   * Early stopping: ends after so many epochs without improvement and restores the
   * best weights; 0 never does. Default 0.
   */
  patience: number;
  /**
   * Target accuracy: ends after the first epoch whose `valAcc` is at least this; 0
   * never does. Default 0.
   */
  targetAcc: number;
}

/**
 * Options of a training: settings, device, data, files and callbacks.
 *
 * @category Training
 */
export interface TrainOptions extends Partial<TrainSettings>, TrainCallbacks {
  /** The device to train on. Default: the choice of `openDevice`. */
  device?: Device;
  /** Activation storage of that default device. Default `f32`. */
  precision?: Precision;
  /** The model, on no device yet. Default: made by `network`. */
  model?: Layer;
  /**
   * The loss: a function of outputs and targets, or a module. Default:
   * cross-entropy of labels, with `labelSmoothing`.
   */
  loss?: Loss;
  /** What to measure in every epoch beside loss and accuracy. Default none. */
  metrics?: readonly Metric[];
  /** The training data. Default: MNIST's training images in `./data`. */
  trainData?: Dataset;
  /**
   * The test data. Default: MNIST's test images in `./data`, for training data
   * that are images of 28 × 28 pixels in ten classes.
   */
  testData?: Dataset;
  /**
   * Path of the checkpoint, overwritten every time. The weights of the best epoch
   * are written beside it: `NAME.best.safetensors`. Default none.
   */
  checkpoint?: string;
  /** Epochs between two checkpoints. Default 1. */
  checkpointEvery?: number;
  /**
   * Path of weights to start from, for fine-tuning: any file that `readWeights`
   * reads, a checkpoint too. All must fit the model, but for what `reset` leaves
   * out. Network and normalisation are theirs unless given. Default none: random
   * values.
   */
  init?: string;
  /** The state dictionary in `init`, where it has several: `"model_ema"`. */
  key?: string;
  /**
   * Path of a checkpoint to resume, with its settings, bit for bit as if the
   * training had never stopped. Of the settings only `epochs` may change, and only
   * where the schedule does not depend on it. Default none.
   */
  resume?: string;
}

/**
 * Callbacks of a training, and the signal that stops it.
 *
 * @example
 * ```ts
 * import { Linear, openDevice, Sequential, TensorDataset, train } from "@x/mnist-cnn";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * const points = new Float32Array([0, 0, 0, 1, 1, 0, 1, 1]);
 * const rows = { rowShape: [2], classes: 2 };
 * const data = new TensorDataset(points, [0, 0, 1, 1], rows);
 * const stop = new AbortController();
 * const checkpoint = `${await Deno.makeTempDir()}/checkpoint.safetensors`;
 * const calls: string[] = [];
 * const stopped = train({
 *   device,
 *   model: new Sequential(new Linear(2, 2)),
 *   trainData: data,
 *   testData: data,
 *   batchSize: 2,
 *   checkpoint,
 *   signal: stop.signal,
 *   onStep: ({ epoch, step }) => {
 *     calls.push(`step ${step}`);
 *     if (epoch === 2) stop.abort(new Error("enough"));
 *   },
 *   onEpoch: ({ epoch }) => void calls.push(`epoch ${epoch}`),
 *   onCheckpoint: ({ path }) => assertEquals(path, checkpoint),
 * });
 * await assertRejects(() => stopped, Error, "enough");
 * assertEquals(calls, ["step 1", "step 2", "epoch 1", "step 1"]);
 * ```
 *
 * @category Training
 */
export interface TrainCallbacks {
  /**
   * Called after every step, once it is submitted to the device. Where it returns
   * a promise, the next step waits for it.
   */
  onStep?: (step: StepResult) => unknown;
  /**
   * Steps between two readings of loss and accuracy from the device. With 1
   * `onStep` hears of each step; a GPU is waited for then. Default 20.
   */
  readEvery?: number;
  /** Called after every epoch, once it is measured. */
  onEpoch?: (epoch: EpochResult) => void | Promise<void>;
  /** Called after every checkpoint, once it is on the disk. */
  onCheckpoint?: (saved: SavedCheckpoint) => void | Promise<void>;
  /**
   * Called where a checkpoint, or the best weights beside it, cannot be written: a
   * full disk, say. The training goes on then. Default: it ends with the error.
   */
  onCheckpointError?: (error: DataError, path: string) => void | Promise<void>;
  /**
   * Stops the training after the current step: the checkpoint is written, and the
   * promise is rejected with the signal's reason. One that is aborted before does
   * not let it begin, and nothing is written.
   */
  signal?: AbortSignal;
}

/**
 * A checkpoint that was written.
 *
 * @category Training
 */
export interface SavedCheckpoint {
  /** The file. */
  path: string;
  /** Completed epochs in it. */
  epoch: number;
  /** Steps of the next epoch in it: 0 unless a signal stopped the training. */
  step: number;
}

/**
 * The progress of an epoch after a step.
 *
 * @category Training
 */
export interface StepResult {
  /** The epoch, from 1. */
  epoch: number;
  /** Epochs of the training. */
  epochs: number;
  /** Steps of this epoch so far. */
  step: number;
  /** Steps of an epoch. */
  steps: number;
  /** Rows trained on in this epoch so far. */
  rows: number;
  /** Rows of an epoch. */
  totalRows: number;
  /**
   * Mean of the epoch's losses, as last read from the device: every `readEvery`
   * steps and at the end. NaN until the first reading.
   */
  loss: number;
  /** The step that was last read, which may be the one before; 0 is none yet. */
  readStep: number;
  /**
   * Accuracy on the epoch's rows, 0…1, as of the same reading; NaN where the
   * targets are no labels.
   */
  acc: number;
  /** Learning rate of the step. */
  lr: number;
  /** Rows per second in this epoch. */
  imagesPerSecond: number;
}

/**
 * The loss in the course of a training.
 *
 * @category Training
 */
export interface StepLoss {
  /** The step, counted from 1 over all epochs. */
  step: number;
  /** Mean loss of the steps since the reading before: of 20, mostly. */
  loss: number;
}

/**
 * The results of an epoch.
 *
 * @category Training
 */
export interface EpochResult {
  /** The epoch, from 1. */
  epoch: number;
  /** Mean of the training batches' losses. */
  loss: number;
  /**
   * Accuracy on the training rows, 0…1, measured during training; NaN where the
   * targets are no labels.
   */
  acc: number;
  /** Mean of the losses of the test batches, or of the held-out ones. */
  valLoss: number;
  /** Accuracy on those rows, 0…1; NaN where the targets are no labels. */
  valAcc: number;
  /**
   * The metrics on the training rows, by their names, measured during training.
   * Left out where the options name none.
   */
  metrics?: Readonly<Record<string, number>>;
  /** The metrics on the test rows, or on the held-out ones. */
  valMetrics?: Readonly<Record<string, number>>;
  /** Learning rate of the last step. */
  lr: number;
  /** Seconds of training. */
  trainSeconds: number;
  /** Seconds of evaluation. */
  evalSeconds: number;
  /** Training rows per second. */
  imagesPerSecond: number;
}

/**
 * The results of a training.
 *
 * @category Training
 */
export interface TrainResult {
  /** The trained model, on its device, in evaluation mode. */
  model: Layer;
  /** The device of the model. */
  device: Device;
  /** All epochs. */
  history: readonly EpochResult[];
  /** The loss every `readEvery` steps; those before a resumed training are missing. */
  losses: readonly StepLoss[];
  /** The epoch whose weights the model has: the last, or the best. */
  metrics: EpochResult;
  /** The settings, explicit ones and defaults. */
  settings: Readonly<TrainSettings>;
  /**
   * What the model's logits are divided by so that probabilities are as often
   * right as they say; 1 where the loss is one of the options.
   */
  temperature: number;
  /** The data that every epoch was measured on. */
  valData: Dataset;
  /**
   * What the model says of each row of `valData`; null where targets are no
   * labels or rows lie in no arrays, and where the loss is one of the options.
   */
  predictions: readonly Prediction[] | null;
}
