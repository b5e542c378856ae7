import { capture } from "./capture.ts";
import { DataLoader } from "./data/data_loader.ts";
import type { Dataset } from "./data/dataset.ts";
import { Mnist } from "./data/mnist.ts";
import { Generator } from "./data/random.ts";
import { take } from "./data/subset.ts";
import type { Device } from "./devices/device.ts";
import { openDevice } from "./devices/select.ts";
import { describe, TrainingError } from "./errors.ts";
import { Evaluator } from "./evaluate.ts";
import { Mean } from "./mean.ts";
import { ConvolutionalNeuralNetwork } from "./network.ts";
import type { Layer } from "./nn/mod.ts";
import { crossEntropy } from "./ops/cross_entropy.ts";
import { Adam } from "./optim/adam.ts";
import { Tape } from "./tape.ts";
import type { Shape, Tensor } from "./tensor.ts";

/** How {@linkcode train} trains; the defaults are the notebook's. */
export interface TrainOptions {
  /** Where to train; default is {@linkcode openDevice}'s choice. */
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
  /** Is told of progress a few times a second while an epoch runs. */
  onProgress?: (progress: Progress) => void;
  /** Is told of every epoch. */
  onEpoch?: (epoch: EpochResult) => void;
}

/** Where an epoch is. */
export interface Progress {
  /** The epoch, from 1. */
  epoch: number;
  /** Rows learnt from in this epoch. */
  rows: number;
  /** Rows of the epoch. */
  totalRows: number;
  /** Mean loss of the epoch so far. */
  loss: number;
  /** Rows a second. */
  imagesPerSecond: number;
}

/** What came of an epoch. */
export interface EpochResult {
  /** The epoch, from 1. */
  epoch: number;
  /** Mean of the training batches' losses. */
  loss: number;
  /** Mean of the test batches' losses. */
  valLoss: number;
  /** Share of the test rows that are predicted right. */
  valAcc: number;
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
  history: EpochResult[];
  /** The last epoch. */
  metrics: EpochResult;
}

/** Steps between two looks at the loss. */
const stepsPerLook = 20;

/**
 * Trains a model as the notebook does: Adam and cross-entropy, the test data
 * measured after every epoch.
 *
 * With the same seed, first weights and order of the images are PyTorch's.
 *
 * @throws {TrainingError} If the loss stops being a finite number.
 * @throws {RangeError} If an option is out of range.
 *
 * @example
 * ```ts
 * import { Flatten, Linear, openDevice, Sequential, TensorDataset, train } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * const points = new Float32Array([0, 0, 0, 1, 1, 0, 1, 1]);
 * const data = new TensorDataset(points, [0, 0, 1, 1], {
 *   rowShape: [2],
 *   classes: 2,
 * });
 * const { metrics } = await train({
 *   device,
 *   model: new Sequential(new Linear(2, 2)),
 *   trainData: data,
 *   testData: data,
 *   epochs: 50,
 *   batchSize: 4,
 *   lr: 0.1,
 * });
 * assertEquals(metrics.valAcc, 1);
 * ```
 */
export async function train(options: TrainOptions = {}): Promise<TrainResult> {
  const { batchSize = 100, epochs = 10, lr = 0.01, seed = 0 } = options;
  checkEpochs(epochs);
  const all = options.trainData ?? await Mnist.open("data", { split: "train" });
  const testData = options.testData ??
    await Mnist.open("data", { split: "test" });
  const { limit = all.length } = options;
  const trainData = take(all, limit);
  const device = options.device ?? await openDevice();
  const generator = new Generator(seed);
  const model = (options.model ?? new ConvolutionalNeuralNetwork())
    .to(device, { generator });
  const optimizer = new Adam(model.parameters(), { lr });
  const loader = { device, batchSize, generator, shuffle: true };
  using batches = new DataLoader(trainData, loader);
  using evaluator = new Evaluator(device, model, testData, { batchSize });
  using loss = new Mean(device);
  using step = capture(
    device,
    (inputs: Tensor, labels: Tensor<Shape, "i32">) => {
      using tape = new Tape();
      const stepLoss = crossEntropy(model.forward(inputs), labels);
      optimizer.zeroGrad();
      tape.backward(stepLoss);
      optimizer.step();
      loss.add(stepLoss);
    },
  );
  const history: EpochResult[] = [];
  for (let epoch = 1; epoch <= epochs; epoch++) {
    model.train();
    loss.reset();
    const start = performance.now();
    for await (const [inputs, labels] of batches) {
      step(inputs, labels);
      if (loss.count % stepsPerLook !== 0) continue;
      const rows = loss.count * batchSize;
      const seconds = (performance.now() - start) / 1000;
      options.onProgress?.({
        epoch,
        rows,
        totalRows: batches.rows,
        loss: await finite(loss, epoch),
        imagesPerSecond: rows / seconds,
      });
    }
    const trainLoss = await finite(loss, epoch);
    const trainSeconds = (performance.now() - start) / 1000;
    const measured = performance.now();
    const metrics = await evaluator.run();
    const result: EpochResult = {
      epoch,
      loss: trainLoss,
      valLoss: metrics.loss,
      valAcc: metrics.accuracy,
      trainSeconds,
      evalSeconds: (performance.now() - measured) / 1000,
      imagesPerSecond: batches.rows / trainSeconds,
    };
    history.push(result);
    options.onEpoch?.(result);
  }
  return { model, device, history, metrics: history[history.length - 1] };
}

function checkEpochs(epochs: number): void {
  if (Number.isInteger(epochs) && epochs >= 1) return;
  throw new RangeError(describe({
    what: "train: epochs",
    expected: "a whole number of at least 1",
    got: String(epochs),
    help: "Give the number of passes over the training data.",
  }));
}

async function finite(loss: Mean, epoch: number): Promise<number> {
  const steps = loss.count;
  const value = await loss.value();
  if (Number.isFinite(value)) return value;
  throw new TrainingError(describe({
    what: `train: loss in epoch ${epoch}, by step ${steps}`,
    expected: "a finite number",
    got: String(value),
    help: "Use a smaller --lr, and check that labels are below the number " +
      "of classes.",
  }));
}
