/**
 * What a training is told, and what it tells.
 *
 * @module
 */

import type { Dataset } from "../data/dataset.ts";
import type { Device } from "../devices/device.ts";
import { describe } from "../errors.ts";
import type { Layer } from "../nn/mod.ts";

/**
 * How a training goes, in plain values: a checkpoint stores it. The defaults
 * are the notebook's.
 */
export interface TrainSettings {
  /** Passes over the training data. Default 10. */
  epochs: number;
  /** Rows of a batch. Default 100. */
  batchSize: number;
  /** Adam's learning rate. Default 0.01. */
  lr: number;
  /** Seeds first weights, order and augmentation. Default 0. */
  seed: number;
  /** Learns from the first rows only; 0 is all. Default 0. */
  limit: number;
  /**
   * Stops when so many epochs have brought nothing better, and gives the model
   * its best weights back; 0 never does. Default 0.
   */
  patience: number;
}

/** The settings of the notebook. */
export const NOTEBOOK: Readonly<TrainSettings> = {
  epochs: 10,
  batchSize: 100,
  lr: 0.01,
  seed: 0,
  limit: 0,
  patience: 0,
};

/** What is trained, where, how, and who is told. */
export interface TrainOptions extends Partial<TrainSettings>, TrainCallbacks {
  /** Where to train; default is `openDevice`'s choice. */
  device?: Device;
  /** The model, on no device yet; default is the network for MNIST. */
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
   * only `epochs` may be given anew.
   */
  resume?: string;
}

/** What a training calls while it runs, and what stops it. */
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
}

/**
 * The settings of a training: those given, those of the checkpoint that it goes
 * on from, the notebook's.
 *
 * @throws {RangeError} If one is out of range, or not the checkpoint's.
 */
export function settingsOf(
  options: TrainOptions,
  stored: TrainSettings | null,
): TrainSettings {
  const names = Object.keys(NOTEBOOK) as (keyof TrainSettings)[];
  const given: Partial<TrainSettings> = Object.fromEntries(
    names.filter((name) => options[name] !== undefined)
      .map((name) => [name, options[name]]),
  );
  const settings = { ...NOTEBOOK, ...stored, ...given };
  for (const name of names) {
    if (stored === null || name === "epochs") continue;
    checkUnchanged(name, settings[name], stored[name]);
  }
  checkWhole("epochs", settings.epochs, 1);
  checkWhole("batchSize", settings.batchSize, 1);
  checkWhole("limit", settings.limit, 0);
  checkWhole("patience", settings.patience, 0);
  return settings;
}

function checkUnchanged(name: string, given: unknown, stored: unknown): void {
  const [got, expected] = [given, stored].map((value) => JSON.stringify(value));
  if (got === expected) return;
  throw new RangeError(describe({
    what: `train: ${name} of a training that goes on`,
    expected: `${expected}, as in its checkpoint`,
    got,
    help: "Leave it out, or start a training of its own.",
  }));
}

/** Throws unless an option is a whole number of at least `least`. */
export function checkWhole(name: string, value: number, least: number): void {
  if (Number.isSafeInteger(value) && value >= least) return;
  throw new RangeError(describe({
    what: `train: ${name}`,
    expected: `a whole number of at least ${least}`,
    got: String(value),
    help: "Leave it out for the notebook's.",
  }));
}
