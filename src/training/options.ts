/**
 * The options of a training, and its results.
 *
 * @module
 */

import type { Dataset } from "../data/dataset.ts";
import type { Device, Precision } from "../devices/device.ts";
import type { Layer } from "../nn/mod.ts";
import type { AugmentSettings } from "./augmentation.ts";
import type { NetworkName } from "../models/mod.ts";

/**
 * The settings of a training, in plain values: a checkpoint stores them. The
 * defaults are those of the PyTorch notebook.
 */
export interface TrainSettings {
  /**
   * The settings where they are not given: explicit ones override the recipe.
   * Default `"notebook"`.
   */
  recipe: "notebook" | "fast" | "best";
  /** Which network is trained, where no model is given. Default `"cnn"`. */
  network: NetworkName;
  /** Passes over the training data. Default 10. */
  epochs: number;
  /** Rows of a batch. Default 100. */
  batchSize: number;
  /** Learning rate; the highest one, where a schedule changes it. Default 0.01. */
  lr: number;
  /**
   * How the learning rate changes: `"constant"`; `"step"` falls by `gamma` every
   * `stepSize` epochs; `"cosine"` falls to 0 along half a cosine; `"one-cycle"`
   * rises from a 25th to `lr` and falls to nothing. Default `"constant"`.
   */
  schedule: "constant" | "step" | "cosine" | "one-cycle";
  /** Epochs between two falls of the schedule `"step"`. Default 1. */
  stepSize: number;
  /** Factor of those falls. Default 0.1. */
  gamma: number;
  /**
   * Epochs, also parts of one, in which the rate rises evenly from a tenth to
   * `lr` before the schedule begins. Default 0.
   */
  warmup: number;
  /** Adam, or AdamW, whose decay is apart from the gradient. Default `"adam"`. */
  optimizer: "adam" | "adamw";
  /** Decay of the weights. Default 0. */
  weightDecay: number;
  /** Largest norm of all gradients together; 0 is any. Default 0. */
  clipGradNorm: number;
  /** Share of the labels that is spread over all classes. Default 0. */
  labelSmoothing: number;
  /** How training images change at random. Default `{}`: not at all. */
  augment: AugmentSettings;
  /** Seeds first weights, order and augmentation. Default 0. */
  seed: number;
  /** Learns from the first rows only; 0 is all. Default 0. */
  limit: number;
  /**
   * Share of the training rows that is kept apart and measured with instead of
   * the test data: choose by it, and the test data still says what a choice is
   * worth. The same rows for every seed. Default 0.
   */
  valFraction: number;
  /**
   * Stops when so many epochs have brought nothing better, and gives the model
   * its best weights back; 0 never does. Default 0.
   */
  patience: number;
  /**
   * Stops after the first epoch that measures at least this share right; 0
   * never does. Default 0.
   */
  targetAcc: number;
}

/** What is trained, where, how, and who is told. */
export interface TrainOptions extends Partial<TrainSettings>, TrainCallbacks {
  /** Where to train; default is `openDevice`'s choice. */
  device?: Device;
  /** How that choice stores activations: `f32`, the default, or `f16`. */
  precision?: Precision;
  /** The model, on no device yet. Default: made by `network`. */
  model?: Layer;
  /** What to learn from; default is MNIST's training images in `./data`. */
  trainData?: Dataset;
  /** What to measure with; default is MNIST's test images in `./data`. */
  testData?: Dataset;
  /**
   * The file of the checkpoint, written anew every time. The weights of the
   * best epoch go beside it: `NAME.best.safetensors`. Default none.
   */
  checkpoint?: string;
  /** Epochs from one checkpoint to the next. Default 1. */
  checkpointEvery?: number;
  /**
   * A file that `checkpoint` named before: the training goes on from there,
   * with its settings, bit for bit as if it had never stopped. Of the settings
   * only `epochs` may be given anew, where the schedule does not depend on it.
   */
  resume?: string;
}

/**
 * What a training calls while it runs, and what stops it.
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
 * const told: string[] = [];
 * const stopped = train({
 *   device,
 *   model: new Sequential(new Linear(2, 2)),
 *   trainData: data,
 *   testData: data,
 *   batchSize: 2,
 *   checkpoint,
 *   signal: stop.signal,
 *   onStep: ({ epoch, step }) => {
 *     told.push(`step ${step}`);
 *     if (epoch === 2) stop.abort(new Error("enough"));
 *   },
 *   onEpoch: ({ epoch }) => void told.push(`epoch ${epoch}`),
 *   onCheckpoint: ({ path }) => assertEquals(path, checkpoint),
 * });
 * await assertRejects(() => stopped, Error, "enough");
 * assertEquals(told, ["step 1", "step 2", "epoch 1", "step 1"]);
 * ```
 */
export interface TrainCallbacks {
  /** Is told of every step, once it is handed to the device. */
  onStep?: (step: StepResult) => void;
  /** Is told of every epoch, once it is measured. */
  onEpoch?: (epoch: EpochResult) => void | Promise<void>;
  /** Is told of every checkpoint, once it is on the disk. */
  onCheckpoint?: (saved: SavedCheckpoint) => void | Promise<void>;
  /**
   * Stops the training after the step that runs: the checkpoint is written, and
   * the promise is rejected with the signal's reason.
   */
  signal?: AbortSignal;
}

/** A checkpoint that was written. */
export interface SavedCheckpoint {
  /** The file. */
  path: string;
  /** Whole epochs in it. */
  epoch: number;
  /** Steps of the next epoch in it: 0 unless a signal stopped the training. */
  step: number;
}

/** Where an epoch is. */
export interface StepResult {
  /** The epoch, from 1. */
  epoch: number;
  /** Epochs of the training. */
  epochs: number;
  /** Steps of this epoch so far. */
  step: number;
  /** Steps of an epoch. */
  steps: number;
  /** Rows learnt from in this epoch. */
  rows: number;
  /** Rows of an epoch. */
  totalRows: number;
  /**
   * Mean of the epoch's losses, as of the last look at the device: every 20
   * steps and at the end. NaN until the first.
   */
  loss: number;
  /** Share of the epoch's rows predicted right, as of the same look. */
  acc: number;
  /** Learning rate of the step. */
  lr: number;
  /** Rows a second in this epoch. */
  imagesPerSecond: number;
}

/** What came of an epoch. */
export interface EpochResult {
  /** The epoch, from 1. */
  epoch: number;
  /** Mean of the training batches' losses. */
  loss: number;
  /** Share of the training rows predicted right, as they were learnt from. */
  acc: number;
  /** Mean of the test batches' losses. */
  valLoss: number;
  /** Share of the test rows that are predicted right. */
  valAcc: number;
  /** Learning rate of the last step. */
  lr: number;
  /** Seconds of training. */
  trainSeconds: number;
  /** Seconds of measuring. */
  evalSeconds: number;
  /** Training rows a second. */
  imagesPerSecond: number;
}

/** What came of a training. */
export interface TrainResult {
  /** The trained model, on its device, in evaluation mode. */
  model: Layer;
  /** Where it is. */
  device: Device;
  /** All epochs. */
  history: readonly EpochResult[];
  /** The epoch whose weights the model has: the last, or the best. */
  metrics: EpochResult;
  /** How it went: what was given, and the defaults. */
  settings: Readonly<TrainSettings>;
  /** What it was measured with. */
  valData: Dataset;
}
