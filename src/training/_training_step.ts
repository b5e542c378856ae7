import { capture, type Captured } from "../core/capture.ts";
import type { Device } from "../devices/device.ts";
import type { HostTensor } from "../formats/safetensors.ts";
import type { Layer } from "../nn/mod.ts";
import { clipGradNorm } from "../optim/clip_grad_norm.ts";
import type { Optimizer } from "../optim/optimizer.ts";
import type { ExponentialMovingAverage } from "../optim/exponential_moving_average.ts";
import { Tape } from "../core/tape.ts";
import type { AnyTensor, Tensor } from "../core/tensor.ts";
import { diverged } from "./finite.ts";
import type { MetricSums, MetricValues } from "./_metric_sums.ts";
import type { RunningLoss } from "./_running_loss.ts";

/** A batch as a step takes it. */
type Inputs = [inputs: Tensor, targets: AnyTensor];

/** Sums over the steps of an epoch. */
export interface EpochSums {
  /** Sum of the steps' losses. */
  loss: number;
  /** Correct predictions; NaN where the targets are no labels. */
  correct: number;
  /** Steps. */
  steps: number;
  /** Rows. */
  rows: number;
}

/** The parts of a step. */
export interface StepParts {
  readonly model: Layer;
  readonly optimizer: Optimizer;
  readonly loss: RunningLoss;
  readonly metrics: MetricSums;
  /** Moving average of the weights, which follows every step. */
  readonly average: ExponentialMovingAverage | null;
  /** Maximum norm of the gradients; 0 does not clip. */
  readonly maxNorm: number;
}

/**
 * One step, captured: forward, loss, backward, update. Losses, correct
 * predictions and what metrics sum accumulate on the device.
 */
export class TrainingStep implements Disposable {
  readonly #loss: RunningLoss;
  readonly #metrics: MetricSums;
  readonly #run: Captured<Inputs, Tensor[]>;
  #rows = 0;

  /** Keeps the parts, and owns the loss and the metrics. */
  constructor(device: Device, parts: StepParts) {
    const { average, maxNorm, metrics, model, optimizer } = parts;
    this.#loss = parts.loss;
    this.#metrics = metrics;
    this.#run = capture(device, (...[inputs, targets]: Inputs) => {
      using tape = new Tape();
      const output = model.forward(inputs);
      const loss = this.#loss.add(output, targets);
      const sums = metrics.of(output, targets).map((sums) => tape.keep(sums));
      optimizer.zeroGrad();
      tape.backward(loss);
      if (maxNorm > 0) clipGradNorm(optimizer.parameters, maxNorm);
      optimizer.step();
      average?.update();
      return sums;
    });
  }

  /** Steps of the epoch so far. */
  get steps(): number {
    return this.#loss.batches;
  }

  /** Rows of those steps. */
  get rows(): number {
    return this.#rows;
  }

  /** Trains on a batch, without waiting for the device. */
  run(...[inputs, targets]: Inputs): void {
    this.#metrics.add(this.#run(inputs, targets));
    this.#rows += inputs.shape[0];
  }

  /** The sums of the epoch so far. */
  async sums(): Promise<EpochSums> {
    const { rows, steps } = this;
    return { ...await this.#loss.read(), steps, rows };
  }

  /** The metrics' sums of the epoch so far. */
  async metricSums(): Promise<Map<string, HostTensor>> {
    return await this.#metrics.state();
  }

  /** The metrics' values on the rows of the epoch so far. */
  async metrics(): Promise<MetricValues> {
    return await this.#metrics.values(this.#rows);
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
    throw diverged(`loss in epoch ${epoch}, by step ${steps}`, loss);
  }

  /** Sets the sums of the epoch: to zero, or to those of a checkpoint. */
  reset(
    sums: EpochSums = { loss: 0, correct: 0, steps: 0, rows: 0 },
    metricSums?: ReadonlyMap<string, HostTensor>,
  ): void {
    this.#loss.reset({ ...sums, batches: sums.steps });
    this.#metrics.reset(metricSums);
    this.#rows = sums.rows;
  }

  [Symbol.dispose](): void {
    for (const part of [this.#run, this.#loss, this.#metrics]) {
      part[Symbol.dispose]();
    }
  }
}
