import { describe } from "../base/errors.ts";
import type { DataLoader } from "../data/data_loader.ts";
import type { Frozen } from "./_frozen.ts";
import type { Optimizer } from "../optim/optimizer.ts";
import { turnEventLoop } from "./_event_loop.ts";
import type { TrainingSchedule } from "./_schedule.ts";
import type { TrainingStep } from "./_training_step.ts";
import type {
  EpochResult,
  StepLoss,
  StepResult,
  TrainOptions,
} from "./options.ts";

/** The results of an epoch on the training rows. */
export type Trained = Pick<EpochResult, "loss" | "acc" | "lr">;

/** The parts of a training that an epoch runs. */
export interface LoopParts {
  readonly frozen: Frozen;
  readonly optimizer: Optimizer;
  readonly batches: DataLoader;
  readonly step: TrainingStep;
  readonly schedule: TrainingSchedule;
}

/** Which epoch it is, and of how many. */
type EpochNumber = Pick<StepResult, "epoch" | "epochs">;

/** Steps between two readings, where the options do not say. */
const stepsPerReading = 20;

/** What was last read of the epoch's sums. */
type Reading = Pick<StepResult, "loss" | "acc" | "readStep">;

/** The steps of an epoch, watched by callbacks and stopped by a signal. */
export class EpochLoop {
  readonly #parts: () => LoopParts;
  readonly #options: TrainOptions;
  readonly #losses: StepLoss[] = [];
  readonly #readEvery: number;

  /**
   * Keeps the parts.
   *
   * @throws {RangeError} If `readEvery` is no whole number of at least 1.
   */
  constructor(parts: () => LoopParts, options: TrainOptions) {
    const { readEvery = stepsPerReading } = options;
    if (!Number.isSafeInteger(readEvery) || readEvery < 1) {
      throw new RangeError(describe({
        what: "train: readEvery",
        expected: "a whole number of at least 1",
        got: String(readEvery),
        help: `Leave it out for every ${stepsPerReading} steps.`,
      }));
    }
    this.#readEvery = readEvery;
    this.#parts = parts;
    this.#options = options;
  }

  /** The loss at each reading. */
  get losses(): readonly StepLoss[] {
    return this.#losses;
  }

  /**
   * Trains through the batches that an epoch has left.
   *
   * @param onStop Called where the signal stops the training before the last
   * step.
   * @throws {TrainingError} If the loss stops being a finite number.
   * @throws The signal's reason, if it stopped the training.
   */
  async run(
    number: EpochNumber,
    onStop: () => Promise<void>,
  ): Promise<Trained> {
    const { onStep, signal } = this.#options;
    const { batches, frozen, optimizer, schedule, step } = this.#parts();
    const start = performance.now();
    frozen.train();
    if (batches.state.batch === 0) step.reset();
    const before = step.rows;
    let reading: Reading = { loss: NaN, acc: NaN, readStep: 0 };
    let pending: Promise<Reading> | null = null;
    const read = this.#reader(number.epoch);
    let { lr } = optimizer;
    for await (const [inputs, targets] of batches) {
      step.run(inputs, targets);
      const last = step.steps === batches.length;
      if (last || step.steps % this.#readEvery === 0) {
        const next = read();
        next.catch(() => {}); // Awaited below, or at the next reading.
        // The previous reading is long complete: this does not stall the device.
        reading = await (last ? next : pending ?? next);
        pending = next;
      }
      const seconds = (performance.now() - start) / 1000;
      lr = optimizer.lr;
      const imagesPerSecond = (step.rows - before) / seconds;
      const result = { ...number, ...reading, imagesPerSecond, lr };
      // First, so that a checkpoint that is made now is of a whole step.
      schedule.step();
      await onStep?.(this.#stepResult(result));
      await turnEventLoop();
      if (!signal?.aborted || last) continue;
      await onStop();
      signal.throwIfAborted();
    }
    return { loss: reading.loss, acc: reading.acc, lr };
  }

  /** Reads the means of an epoch so far, and notes the loss since the last time. */
  #reader(epoch: number): () => Promise<Reading> {
    const { batches, step } = this.#parts();
    let before = { steps: 0, sum: 0 };
    return async () => {
      const { steps } = step;
      const means = await step.means(epoch);
      const sum = means.loss * steps;
      this.#losses.push({
        step: (epoch - 1) * batches.length + steps,
        loss: (sum - before.sum) / (steps - before.steps),
      });
      before = { steps, sum };
      return { ...means, readStep: steps };
    };
  }

  #stepResult(
    known: EpochNumber & Reading & Pick<StepResult, "imagesPerSecond" | "lr">,
  ): StepResult {
    const { batches, step } = this.#parts();
    return {
      ...known,
      step: step.steps,
      steps: batches.length,
      rows: step.rows,
      totalRows: batches.rows,
    };
  }
}
