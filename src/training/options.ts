/**
 * What a training is told, and what it tells.
 *
 * @module
 */

import type { Dataset } from "../data/dataset.ts";
import type { Device } from "../devices/device.ts";
import { describe } from "../errors.ts";
import type { Layer } from "../nn/mod.ts";

/** How a training runs; the defaults are the notebook's. */
export interface TrainOptions extends TrainCallbacks {
  /** Where to train; default is `openDevice`'s choice. */
  device?: Device;
  /** The model, on no device yet; default is the network for MNIST. */
  model?: Layer;
  /** What to learn from; default is MNIST's training images in `./data`. */
  trainData?: Dataset;
  /** What to measure with; default is MNIST's test images in `./data`. */
  testData?: Dataset;
  /** Passes over the training data. Default 10. */
  epochs?: number;
  /** Rows of a batch. Default 100. */
  batchSize?: number;
  /** Adam's learning rate. Default 0.01. */
  lr?: number;
  /** Seeds first weights and order. Default 0. */
  seed?: number;
  /** Learns from the first rows only. Default all. */
  limit?: number;
}

/** What a training calls while it runs, and what stops it. */
export interface TrainCallbacks {
  /** Is told of every step, once it is handed to the device. */
  onStep?: (step: StepResult) => void;
  /** Is told of every epoch, once it is measured. */
  onEpoch?: (epoch: EpochResult) => void | Promise<void>;
  /**
   * Stops the training after the step that runs: its promise is rejected with
   * the signal's reason.
   */
  signal?: AbortSignal;
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
  /** The last epoch. */
  metrics: EpochResult;
}

/** Throws unless an option is a whole number of at least 1. */
export function checkWholeOption(name: string, value: number): void {
  if (Number.isInteger(value) && value >= 1) return;
  throw new RangeError(describe({
    what: `train: ${name}`,
    expected: "a whole number of at least 1",
    got: String(value),
    help: "Leave it out for the notebook's.",
  }));
}
