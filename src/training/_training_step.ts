import { describe, TrainingError } from "../base/errors.ts";
import { RunningMetrics } from "./_running_metrics.ts";
import { capture, type Captured } from "../core/capture.ts";
import type { Device } from "../devices/device.ts";
import type { Layer } from "../nn/mod.ts";
import { clipGradNorm } from "../optim/clip_grad_norm.ts";
import type { Optimizer } from "../optim/optimizer.ts";
import { Tape } from "../core/tape.ts";
import type { Shape, Tensor } from "../core/tensor.ts";
import type { TrainSettings } from "./options.ts";

/** A batch as a step takes it. */
type Inputs = [inputs: Tensor, labels: Tensor<Shape, "i32">];

/** Sums over the steps of an epoch. */
export interface EpochSums {
  /** Sum of the steps' losses. */
  loss: number;
  /** Correct predictions. */
  correct: number;
  /** Steps. */
  steps: number;
  /** Rows. */
  rows: number;
}

/**
 * One step, captured: forward, loss, backward, update. Losses and correct
 * predictions accumulate on the device.
 */
export class TrainingStep implements Disposable {
  readonly #metrics: RunningMetrics;
  readonly #run: Captured<Inputs, void>;
  #rows = 0;

  constructor(
    device: Device,
    model: Layer,
    optimizer: Optimizer,
    settings: TrainSettings,
  ) {
    const { clipGradNorm: maxNorm, labelSmoothing } = settings;
    this.#metrics = new RunningMetrics(device);
    this.#run = capture(device, (...[inputs, labels]: Inputs) => {
      using tape = new Tape();
      const logits = model.forward(inputs);
      const loss = this.#metrics.add(logits, labels, { labelSmoothing });
      optimizer.zeroGrad();
      tape.backward(loss);
      if (maxNorm > 0) clipGradNorm(optimizer.parameters, maxNorm);
      optimizer.step();
    });
  }

  /** Steps of the epoch so far. */
  get steps(): number {
    return this.#metrics.batches;
  }

  /** Rows of those steps. */
  get rows(): number {
    return this.#rows;
  }

  /** Trains on a batch, without waiting for the device. */
  run(...[inputs, labels]: Inputs): void {
    this.#run(inputs, labels);
    this.#rows += labels.length;
  }

  /** The sums of the epoch so far. */
  async sums(): Promise<EpochSums> {
    const { rows, steps } = this;
    return { ...await this.#metrics.read(), steps, rows };
  }

  /**
   * The mean loss of the epoch's steps, and the accuracy on their rows.
   *
   * @param epoch Number of the epoch, for the error.
   * @throws {TrainingError} If the loss is not a finite number.
   */
  async means(epoch: number): Promise<{ loss: number; acc: number }> {
    const { correct, loss, rows, steps } = await this.sums();
    if (Number.isFinite(loss)) {
      return { loss: loss / steps, acc: correct / rows };
    }
    throw new TrainingError(describe({
      what: `train: loss in epoch ${epoch}, by step ${steps}`,
      expected: "a finite number",
      got: String(loss),
      help: "Use a smaller --lr, and check that labels are below the number " +
        "of classes.",
    }));
  }

  /** Sets the sums of the epoch: to zero, or to those of a checkpoint. */
  reset(sums: EpochSums = { loss: 0, correct: 0, steps: 0, rows: 0 }): void {
    this.#metrics.reset({ ...sums, batches: sums.steps });
    this.#rows = sums.rows;
  }

  [Symbol.dispose](): void {
    this.#run[Symbol.dispose]();
    this.#metrics[Symbol.dispose]();
  }
}
