import { describe, TrainingError } from "../base/errors.ts";
import { DataLoader } from "../data/data_loader.ts";
import type { Dataset } from "../data/dataset.ts";
import { layoutOf } from "../data/layout.ts";
import { RandomGenerator } from "../core/random.ts";
import type { Device } from "../devices/device.ts";
import { openDevice } from "../devices/select.ts";
import { Evaluator, type Metrics } from "./evaluate.ts";
import type { Layer } from "../nn/mod.ts";
import { ExponentialMovingAverage, type Optimizer } from "../optim/mod.ts";
import { cardMetadata, NETWORKS, normalizeInputs } from "../models/mod.ts";
import { checkSameData, openData, type TrainingData } from "./_data.ts";
import { transformOf } from "./augmentation.ts";
import { bestEpoch, BestWeights } from "./best.ts";
import { findDivergence } from "./_divergence.ts";
import { OPTIMIZERS } from "./_optimizers.ts";
import { EpochLoop } from "./_epoch_loop.ts";
import { checkWeights, diverged } from "./finite.ts";
import { MetricSums } from "./_metric_sums.ts";
import { runningLoss } from "./_running_loss.ts";
import { scheduleOf, type TrainingSchedule } from "./_schedule.ts";
import { settingsOf } from "./settings.ts";
import { Frozen } from "./_frozen.ts";
import {
  type InitialWeights,
  loadInitialWeights,
  readInitialWeights,
} from "./_initial_weights.ts";
import { temperatureWith } from "./_calibrate.ts";
import {
  calibrate,
  type Calibration,
  labelledArrays,
} from "./metrics/find_temperature.ts";
import type { Prediction } from "./predict.ts";
import { predictionsOf } from "./predict_rows.ts";
import { loadState, readState } from "./_state.ts";
import { TrainingStep } from "./_training_step.ts";
import { CheckpointWriter } from "./_checkpoint_writer.ts";
import {
  type Checkpoint,
  readCheckpoint,
  resultMetadata,
  weightsMetadata,
} from "./checkpoint.ts";
import type {
  EpochResult,
  StepLoss,
  TrainOptions,
  TrainSettings,
} from "./options.ts";

/**
 * A training that can be watched and controlled: {@linkcode train} as an object.
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
 *
 * @category Training
 */
export class Trainer implements Disposable {
  /** The model, on its device. */
  readonly model: Layer;
  /** The device of the model. */
  readonly device: Device;
  /** The optimizer of its parameters. */
  readonly optimizer: Optimizer;
  /** The data that every epoch is measured on: test data, or held-out rows. */
  readonly valData: Dataset;
  /** The settings, explicit ones and defaults. */
  readonly settings: Readonly<TrainSettings>;
  readonly #options: TrainOptions;
  readonly #metadata: Readonly<Record<string, string>>;
  readonly #history: EpochResult[] = [];
  readonly #average: ExponentialMovingAverage | null;
  readonly #batches: DataLoader;
  readonly #step: TrainingStep;
  readonly #frozen: Frozen;
  readonly #schedule: TrainingSchedule;
  readonly #loop: EpochLoop;
  readonly #evaluator: Evaluator;
  readonly #best = new BestWeights();
  readonly #checkpoints: CheckpointWriter;
  #calibration: Calibration = { temperature: 1, predictions: null };
  /** What the model said of each row in the last epoch of all. */
  #found: readonly Prediction[] | null = null;
  #isRunning = false;
  /** The last checkpoint, where they are made anyway. */
  #last: Checkpoint | null = null;

  private constructor(
    device: Device,
    { identity, trainData, valData }: TrainingData,
    settings: TrainSettings,
    options: TrainOptions,
    initial: InitialWeights | null,
  ) {
    const { batchSize, emaDecay, labelSmoothing, lr, seed, weightDecay } =
      settings;
    const { loss, metrics = [] } = options;
    const layout = layoutOf(trainData);
    this.#checkpoints = new CheckpointWriter(options);
    this.#loop = new EpochLoop(() => this.#parts, options);
    const generator = new RandomGenerator(seed);
    this.settings = settings;
    this.#options = options;
    this.device = device;
    this.#metadata = {
      ...weightsMetadata(settings, {
        classNames: layout.classNames,
        inputShape: layout.rowShape.length === 3 ? layout.rowShape : undefined,
      }),
      ...identity,
    };
    const model = options.model ??
      NETWORKS[settings.network](layout.classes, layout.rowShape);
    normalizeInputs(model, settings.normalize);
    this.model = model.to(device, { generator });
    if (initial !== null) loadInitialWeights(model, initial, settings.reset);
    const OptimizerClass = OPTIMIZERS[settings.optimizer];
    const parameters = this.model.parameters();
    this.optimizer = new OptimizerClass(parameters, { lr, weightDecay });
    this.#average = emaDecay === 0
      ? null
      : new ExponentialMovingAverage(parameters, { decay: emaDecay });
    this.#batches = new DataLoader(trainData, {
      device,
      batchSize,
      generator,
      shuffle: true,
      transform: transformOf(settings.augment),
    });
    this.#step = new TrainingStep(device, {
      model: this.model,
      optimizer: this.optimizer,
      average: this.#average,
      loss: runningLoss(device, layout, { labelSmoothing, loss }),
      metrics: new MetricSums(device, metrics),
      maxNorm: settings.clipGradNorm,
    });
    this.#schedule = scheduleOf(
      this.optimizer,
      settings,
      this.#batches.length,
    );
    this.valData = valData;
    this.#evaluator = new Evaluator(device, this.model, valData, {
      batchSize,
      loss,
      metrics,
    });
    // At last: a training that is refused leaves the model as it was.
    this.#frozen = new Frozen(model, settings.freeze);
  }

  /**
   * Opens data and device where the options name none, and initialises the model
   * or restores the checkpoint. Nothing is trained yet.
   *
   * With the same seed, initial weights and order of the images are PyTorch's.
   *
   * @throws {TypeError} If there is no such option, or one is missing for targets
   * that are no labels.
   * @throws {RangeError} If an option is out of range.
   * @throws {DataError | FormatError | StateDictError} If the checkpoint to resume
   * cannot be read, is none, or belongs to another model; or the weights to start
   * from cannot be read, or do not fit.
   * @throws {DataError} If it belongs to other data.
   * @throws {DeviceError} If the device cannot hold a batch to measure with.
   */
  static async open(options: TrainOptions = {}): Promise<Trainer> {
    const { resume } = options;
    const checkpoint = resume === undefined
      ? null
      : await readCheckpoint(resume);
    const initial = await readInitialWeights(options);
    const settings = settingsOf(
      options,
      checkpoint?.settings ?? null,
      initial?.settings,
    );
    const data = await openData(options, settings);
    if (checkpoint !== null) checkSameData(data.identity, checkpoint);
    const device = options.device ??
      await openDevice({ precision: options.precision });
    let trainer: Trainer | null = null;
    try {
      trainer = new Trainer(device, data, settings, options, initial);
      if (checkpoint !== null) trainer.#restore(checkpoint);
      trainer.#evaluator.tryBatch();
      return trainer;
    } catch (error) {
      trainer?.[Symbol.dispose]();
      if (device !== options.device) device[Symbol.dispose]();
      throw error;
    }
  }

  /**
   * What logits are divided by so that probabilities are as often right as they
   * say: `metrics.findTemperature` of `valData` once all epochs are done. 1
   * before, and where the loss is one of the options.
   */
  get temperature(): number {
    return this.#calibration.temperature;
  }

  /**
   * What the trained model says of each row of `valData`, once all epochs are
   * done; null before, where targets are no labels or rows lie in no arrays, and
   * where the loss is one of the options.
   */
  get predictions(): readonly Prediction[] | null {
    return this.#calibration.predictions;
  }

  /**
   * Metadata for a file of the weights: how and on what they were trained, the
   * names of the classes among it.
   */
  get metadata(): Readonly<Record<string, string>> {
    const { temperature } = this;
    return { ...this.#metadata, ...cardMetadata({ temperature }) };
  }

  /** Training rows per epoch. */
  get rows(): number {
    return this.#batches.rows;
  }

  /** The results of the epochs so far. */
  get history(): readonly EpochResult[] {
    return this.#history;
  }

  /** The loss every `readEvery` steps; those before a resumed training are missing. */
  get losses(): readonly StepLoss[] {
    return this.#loop.losses;
  }

  /**
   * The best epoch so far: highest accuracy; of equals, or where the targets are
   * no labels, the lowest loss.
   */
  get best(): EpochResult | undefined {
    return bestEpoch(this.#history);
  }

  /** Whether all epochs are done, the target is met, or patience is exhausted. */
  get finished(): boolean {
    const { epochs, patience, targetAcc } = this.settings;
    const last = this.#history.at(-1)?.valAcc ?? 0;
    if (targetAcc > 0 && last >= targetAcc) return true;
    const done = this.#history.length;
    const waited = done - (this.best?.epoch ?? 0);
    return done >= epochs || (patience > 0 && waited >= patience);
  }

  /**
   * Trains, and yields each epoch once it is measured and its checkpoint is
   * written. The loop may be left at any time; the next call continues with the
   * next epoch. With patience, the model has its best weights at the end.
   *
   * @throws {TrainingError} If a loss or a weight stops being a finite number;
   * then nothing of that epoch is written.
   * @throws {DataError} If a checkpoint cannot be written, and the options do not
   * have `onCheckpointError`.
   * @throws {TypeError} If another loop has an epoch under way.
   * @throws The signal's reason, if it stopped the training.
   */
  async *epochs(): AsyncGenerator<EpochResult, void, void> {
    const { signal } = this.#options;
    while (!this.finished) {
      signal?.throwIfAborted();
      const result = await this.#alone(async () => {
        const result = await this.#epoch();
        this.#history.push(result);
        this.#schedule.epoch(result);
        await this.#keep();
        await this.#options.onEpoch?.(result);
        return result;
      });
      yield result;
      if (signal?.aborted && this.#checkpoints.epochs < result.epoch) {
        await this.#save();
      }
      signal?.throwIfAborted();
    }
    if (this.settings.patience > 0 && this.#best.weights.size > 0) {
      this.model.loadStateDict(this.#best.weights);
    } else this.#average?.copyTo();
    await this.#calibrate();
  }

  /** A copy of the training as it is after the last step. */
  async checkpoint(): Promise<Checkpoint> {
    return {
      weights: await this.model.stateDict(),
      state: await readState(this.#parts),
      history: [...this.#history],
      settings: this.settings,
      metadata: this.metadata,
    };
  }

  /**
   * Writes the checkpoint that the options name, as the training is after the
   * last step; does nothing where they name none. To be called within `onStep`
   * or `onEpoch`, or between two epochs.
   *
   * @throws {TrainingError} If a weight is not a finite number.
   * @throws {DataError} If it cannot be written, and the options do not have
   * `onCheckpointError`.
   */
  async save(): Promise<void> {
    await checkWeights(this.model, this.#moment(this.#history.length + 1));
    await this.#save();
  }

  /**
   * Frees the memory of the training, the optimizer's too; model and device stay.
   */
  [Symbol.dispose](): void {
    const steps = [this.#step, this.#evaluator, this.#batches, this.#frozen];
    for (const part of [...steps, this.optimizer, this.#average]) {
      part?.[Symbol.dispose]();
    }
  }

  get #parts() {
    return {
      schedule: this.#schedule,
      model: this.model,
      optimizer: this.optimizer,
      average: this.#average,
      frozen: this.#frozen,
      batches: this.#batches,
      step: this.#step,
      best: this.#best,
    };
  }

  #restore(checkpoint: Checkpoint): void {
    this.#return(checkpoint);
    this.#history.push(...checkpoint.history);
    this.#last = checkpoint;
  }

  /** Takes all but the history back to a checkpoint. */
  #return({ history, state, weights }: Checkpoint): void {
    this.model.loadStateDict(weights, { source: this.#options.resume });
    loadState(this.#parts, state);
    const { length, state: { batch } } = this.#batches;
    this.#schedule.resume(history.length * length + batch, history);
  }

  async #epoch(): Promise<EpochResult> {
    const start = performance.now();
    const { epochs } = this.settings;
    const epoch = this.#history.length + 1;
    if (this.#checkpoints.isEnabled) this.#last ??= await this.checkpoint();
    const trained = await this.#loop.run({ epoch, epochs }, () => this.save())
      .catch(async (error) => {
        throw error instanceof TrainingError
          ? await this.#explained(error)
          : error;
      });
    const middle = performance.now();
    const measured = await this.#averaged(() => this.#measure(epoch));
    await checkWeights(this.model, this.#moment(epoch));
    if (!Number.isFinite(measured.loss)) {
      throw diverged(
        `validation loss ${this.#moment(epoch)}`,
        measured.loss,
      );
    }
    const metrics = this.#options.metrics === undefined ? {} : {
      metrics: await this.#step.metrics(),
      valMetrics: measured.metrics,
    };
    const trainSeconds = (middle - start) / 1000;
    return {
      epoch,
      ...trained,
      valLoss: measured.loss,
      valAcc: measured.accuracy,
      ...metrics,
      trainSeconds,
      evalSeconds: (performance.now() - middle) / 1000,
      imagesPerSecond: this.#batches.rows / trainSeconds,
    };
  }

  /**
   * Measures the model after an epoch, and keeps what it says of each row where
   * that is what the trained model says.
   */
  async #measure(epoch: number): Promise<Metrics> {
    const { epochs, patience } = this.settings;
    const isTrained = epoch === epochs && patience === 0;
    const hasLogits = isTrained && this.#options.loss === undefined &&
      labelledArrays(this.valData) !== null;
    if (!hasLogits) return await this.#evaluator.run();
    const found: Prediction[] = [];
    const measured = await this.#evaluator.run(async (output) => {
      found.push(...await predictionsOf(output));
    });
    this.#found = found;
    return measured;
  }

  /**
   * The error of a loss that is not finite, with step and operation, where the
   * epoch can be run again from a checkpoint.
   */
  async #explained(error: TrainingError): Promise<TrainingError> {
    const last = this.#last;
    const epoch = this.#history.length + 1;
    if (last === null || last.history.length + 1 !== epoch) return error;
    const restore = () => this.#return(last);
    const found = await findDivergence(this.#parts, restore);
    if (found === null) return error;
    const { loss, operation, step } = found;
    return diverged(`loss in epoch ${epoch}, step ${step}`, loss, operation);
  }

  /** Runs an epoch; throws where one is running already. */
  async #alone<T>(run: () => Promise<T>): Promise<T> {
    if (this.#isRunning) {
      throw new TypeError(describe({
        what: "Trainer.epochs",
        expected: "one loop over the epochs at a time",
        got: "a second one while an epoch is under way",
        help: "Await the first one, or open a second trainer.",
      }));
    }
    this.#isRunning = true;
    try {
      return await run();
    } finally {
      this.#isRunning = false;
    }
  }

  /** The present moment, for errors. */
  #moment(epoch: number): string {
    return `after step ${this.#step.steps} of epoch ${epoch}`;
  }

  /** Runs while the model has the average of its weights, if there is any. */
  async #averaged<T>(run: () => Promise<T>): Promise<T> {
    this.#average?.swap();
    try {
      return await run();
    } finally {
      this.#average?.swap();
    }
  }

  /**
   * Finds the temperature of the trained model, and of the best weights in their
   * file.
   */
  async #calibrate(): Promise<void> {
    if (this.#options.loss !== undefined) return;
    const { device, model, valData } = this;
    this.#calibration = await calibrate(device, model, valData, this.#found);
    const { weights } = this.#best;
    if (!this.#checkpoints.isEnabled || weights.size === 0) return;
    // Where the model has these very weights they have its temperature.
    const isBest = this.settings.patience > 0 ||
      this.best!.epoch === this.#history.length;
    const temperature = isBest
      ? this.temperature
      : await temperatureWith(weights, this);
    await this.#writeBest(cardMetadata({ temperature }));
  }

  /** Writes the weights of the best epoch, and how good they are. */
  async #writeBest(more: Readonly<Record<string, string>>): Promise<void> {
    const result = resultMetadata(this.best!);
    const metadata = { ...this.#metadata, ...result, ...more };
    await this.#checkpoints.writeBest(this.#best.weights, metadata);
  }

  /** Copies the weights of the best epoch, and writes the files that are due. */
  async #keep(): Promise<void> {
    const checkpoints = this.#checkpoints;
    if (!checkpoints.isEnabled && this.settings.patience === 0) return;
    const isBest = await this.#averaged(() =>
      this.#best.keep(this.model, this.#history)
    );
    if (isBest) await this.#writeBest({});
    if (checkpoints.isDue(this.#history.length) || this.finished) {
      await this.#save();
    }
  }

  async #save(): Promise<void> {
    const { batch } = this.#batches.state;
    const make = async () => this.#last = await this.checkpoint();
    await this.#checkpoints.write(make, batch);
  }
}
