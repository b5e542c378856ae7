import { DataLoader } from "../data/data_loader.ts";
import type { Dataset } from "../data/dataset.ts";
import { Mnist } from "../data/mnist.ts";
import { Generator } from "../data/random.ts";
import { take } from "../data/subset.ts";
import type { Device } from "../devices/device.ts";
import { openDevice } from "../devices/select.ts";
import { describe, TrainingError } from "../errors.ts";
import { Evaluator } from "../evaluate.ts";
import { ConvolutionalNeuralNetwork } from "../network.ts";
import type { Layer } from "../nn/mod.ts";
import { Adam } from "../optim/adam.ts";
import { turnEventLoop } from "./_event_loop.ts";
import { TrainingStep } from "./_training_step.ts";
import {
  checkWholeOption,
  type EpochResult,
  type TrainOptions,
} from "./options.ts";

/** Steps between two looks at loss and accuracy. */
const stepsPerLook = 20;

/** The parts of a training that only it uses. */
interface Parts {
  readonly batches: DataLoader;
  readonly step: TrainingStep;
  readonly evaluator: Evaluator;
}

/**
 * A training that can be watched and steered: {@linkcode train} as an object.
 *
 * @example
 * ```ts
 * import { Linear, openDevice, Sequential, TensorDataset, Trainer } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * const points = new Float32Array([0, 0, 0, 1, 1, 0, 1, 1]);
 * const data = new TensorDataset(points, [0, 0, 1, 1], {
 *   rowShape: [2],
 *   classes: 2,
 * });
 * using trainer = await Trainer.open({
 *   device,
 *   model: new Sequential(new Linear(2, 2)),
 *   trainData: data,
 *   testData: data,
 *   epochs: 50,
 *   lr: 0.1,
 * });
 * for await (const { valAcc } of trainer.epochs()) {
 *   if (valAcc === 1) break;
 * }
 * assertEquals(trainer.history.at(-1)?.valAcc, 1);
 * ```
 */
export class Trainer implements Disposable {
  /** What is trained, on its device. */
  readonly model: Layer;
  /** Where it is. */
  readonly device: Device;
  /** What moves the parameters. */
  readonly optimizer: Adam;
  readonly #options: TrainOptions;
  readonly #epochs: number;
  readonly #history: EpochResult[] = [];
  readonly #parts: Parts;

  private constructor(
    device: Device,
    trainData: Dataset,
    testData: Dataset,
    options: TrainOptions,
  ) {
    const { batchSize = 100, epochs = 10, lr = 0.01, seed = 0 } = options;
    checkWholeOption("epochs", epochs);
    const generator = new Generator(seed);
    this.#options = options;
    this.#epochs = epochs;
    this.device = device;
    this.model = (options.model ?? new ConvolutionalNeuralNetwork())
      .to(device, { generator });
    this.optimizer = new Adam(this.model.parameters(), { lr });
    const loader = { device, batchSize, generator, shuffle: true };
    this.#parts = {
      batches: new DataLoader(trainData, loader),
      step: new TrainingStep(device, this.model, this.optimizer),
      evaluator: new Evaluator(device, this.model, testData, { batchSize }),
    };
  }

  /**
   * Opens the data and a device where the options name none, gives the model
   * its first weights, and trains nothing yet.
   *
   * With the same seed, first weights and order of the images are PyTorch's.
   *
   * @throws {RangeError} If an option is out of range.
   */
  static async open(options: TrainOptions = {}): Promise<Trainer> {
    const all = options.trainData ??
      await Mnist.open("data", { split: "train" });
    const testData = options.testData ??
      await Mnist.open("data", { split: "test" });
    const { limit = all.length } = options;
    const device = options.device ?? await openDevice();
    return new Trainer(device, take(all, limit), testData, options);
  }

  /** The epochs so far. */
  get history(): readonly EpochResult[] {
    return this.#history;
  }

  /** Whether there is no epoch left. */
  get finished(): boolean {
    return this.#history.length >= this.#epochs;
  }

  /**
   * Trains, and gives each epoch once it is measured. Leave the loop whenever
   * you like; the next call goes on with the next epoch.
   *
   * @throws {TrainingError} If the loss stops being a finite number.
   * @throws The signal's reason, if it stopped the training.
   */
  async *epochs(): AsyncGenerator<EpochResult, void, void> {
    while (!this.finished) {
      const result = await this.#epoch(this.#history.length + 1);
      this.#history.push(result);
      await this.#options.onEpoch?.(result);
      yield result;
    }
  }

  /** Frees what only the training used. Model and device stay. */
  [Symbol.dispose](): void {
    for (const part of Object.values(this.#parts)) part[Symbol.dispose]();
  }

  async #epoch(epoch: number): Promise<EpochResult> {
    const { batches, evaluator } = this.#parts;
    const start = performance.now();
    const trained = await this.#train(epoch, start);
    const middle = performance.now();
    const metrics = await evaluator.run();
    const trainSeconds = (middle - start) / 1000;
    return {
      epoch,
      ...trained,
      valLoss: metrics.loss,
      valAcc: metrics.accuracy,
      lr: this.optimizer.lr,
      trainSeconds,
      evalSeconds: (performance.now() - middle) / 1000,
      imagesPerSecond: batches.rows / trainSeconds,
    };
  }

  async #train(epoch: number, start: number) {
    const { batches, step } = this.#parts;
    this.model.train();
    step.reset();
    let seen = { loss: NaN, acc: NaN };
    for await (const [inputs, labels] of batches) {
      this.#options.signal?.throwIfAborted();
      step.run(inputs, labels);
      if (step.steps % stepsPerLook === 0 || step.steps === batches.length) {
        seen = await this.#look(epoch);
      }
      this.#options.onStep?.({
        epoch,
        epochs: this.#epochs,
        step: step.steps,
        steps: batches.length,
        rows: step.rows,
        totalRows: batches.rows,
        ...seen,
        lr: this.optimizer.lr,
        imagesPerSecond: step.rows / (performance.now() - start) * 1000,
      });
      await turnEventLoop();
    }
    return seen;
  }

  async #look(epoch: number): Promise<{ loss: number; acc: number }> {
    const { step } = this.#parts;
    const seen = await step.look();
    if (Number.isFinite(seen.loss)) return seen;
    throw new TrainingError(describe({
      what: `train: loss in epoch ${epoch}, by step ${step.steps}`,
      expected: "a finite number",
      got: String(seen.loss),
      help: "Use a smaller --lr, and check that labels are below the number " +
        "of classes.",
    }));
  }
}
