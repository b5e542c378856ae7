import { accumulate } from "../../kernels/accumulate/accumulate.ts";
import { describe, ShapeError } from "../base/errors.ts";
import { sideEffect } from "../core/guards.ts";
import { noGrad } from "../core/scope.ts";
import { type AnyTensor, Tensor } from "../core/tensor.ts";
import { hasLabels, type Layout } from "../data/layout.ts";
import type { Device } from "../devices/device.ts";
import { correctCount } from "../ops/correct_count.ts";
import { crossEntropy } from "../ops/cross_entropy.ts";
import { wrongArgument } from "./_check_arguments.ts";
import { RunningMetrics } from "./_running_metrics.ts";
import { type Loss, type LossFunction, lossFunction } from "./loss.ts";

/** Sums over the batches of an epoch. */
export interface LossSums {
  /** Sum of the batches' losses. */
  readonly loss: number;
  /** Correct predictions; NaN where the targets are no labels. */
  readonly correct: number;
}

/** Losses and correct predictions, which add up on the device. */
export interface RunningLoss extends Disposable {
  /** Batches since the last reset. */
  readonly batches: number;
  /** The loss of a batch, which is added to the sum; may be captured. */
  add(output: Tensor, targets: AnyTensor): Tensor;
  /** The sums so far. */
  read(): Promise<LossSums>;
  /** Starts from zero, or from the sums given. */
  reset(sums?: LossSums & { readonly batches: number }): void;
}

/**
 * The sums of a loss, or of cross-entropy where none is given.
 *
 * @throws {TypeError} If there is no loss, and the targets are no labels.
 */
export function runningLoss(
  device: Device,
  layout: Layout,
  { labelSmoothing = 0, loss }: { labelSmoothing?: number; loss?: Loss },
): RunningLoss {
  if (loss !== undefined) {
    if (labelSmoothing !== 0) throw notSmoothed(labelSmoothing);
    return new OwnLoss(device, lossFunction(loss), hasLabels(layout));
  }
  if (layout.classes === undefined) throw noLoss(layout);
  if (!hasLabels(layout)) {
    const ofAll: LossFunction = (output, labels) =>
      crossEntropy(output, labels, { labelSmoothing });
    return new OwnLoss(device, ofAll, false);
  }
  return new RunningMetrics(device, { labelSmoothing });
}

/** The sums of a loss of the program's own. */
class OwnLoss implements RunningLoss {
  readonly #function: LossFunction;
  readonly #hasLabels: boolean;
  readonly #loss: Tensor;
  readonly #correct: Tensor;
  #batches = 0;
  /** Whether outputs are scores of classes, for which predictions are right. */
  #areScores = false;

  constructor(device: Device, loss: LossFunction, hasLabels: boolean) {
    this.#function = loss;
    this.#hasLabels = hasLabels;
    this.#loss = Tensor.empty(device, [1], "f32", "persistent");
    this.#correct = Tensor.empty(device, [1], "f32", "persistent");
    this.reset();
  }

  get batches(): number {
    return this.#batches;
  }

  add(output: Tensor, targets: AnyTensor): Tensor {
    const loss = this.#function(output, targets);
    checkLoss(loss);
    const { device } = loss;
    device.run(accumulate, { source: loss, destination: this.#loss });
    this.#areScores = this.#hasLabels && output.shape.length === 2;
    if (this.#areScores) {
      const source = noGrad(() => correctCount(output, targets));
      device.run(accumulate, { source, destination: this.#correct });
    }
    sideEffect(this, () => {
      this.#batches++;
    });
    return loss;
  }

  async read(): Promise<LossSums> {
    const [loss, correct] = await Promise.all(
      [this.#loss.item(), this.#correct.item()],
    );
    return { loss, correct: this.#areScores ? correct : NaN };
  }

  reset(
    { loss, correct, batches } = { loss: 0, correct: 0, batches: 0 },
  ): void {
    const { device } = this.#loss;
    device.write(this.#loss.buffer, Float32Array.of(loss));
    const known = Number.isNaN(correct) ? 0 : correct;
    device.write(this.#correct.buffer, Float32Array.of(known));
    this.#batches = batches;
  }

  [Symbol.dispose](): void {
    this.#loss[Symbol.dispose]();
    this.#correct[Symbol.dispose]();
  }
}

function checkLoss(loss: Tensor): void {
  if (!(loss instanceof Tensor)) {
    throw wrongArgument(
      "loss of a batch",
      "a tensor of one number",
      loss,
      "Return what an operation gives, mean(loss) for instance.",
    );
  }
  if (loss.length === 1) return;
  throw new ShapeError(describe({
    what: "loss of a batch",
    expected: "one number, the mean over the batch",
    got: `shape [${loss.shape.join(", ")}]`,
    help: "Return mean(loss).",
  }));
}

function noLoss({ targetShape }: Layout): TypeError {
  return new TypeError(describe({
    what: "loss",
    expected: "one for targets that are no labels",
    got: `none, and targets of shape [${targetShape.join(", ")}]`,
    help: "Give loss: mseLoss, for instance.",
  }));
}

function notSmoothed(labelSmoothing: number): RangeError {
  return new RangeError(describe({
    what: "train: labelSmoothing",
    expected: "none beside a loss, which smooths labels itself",
    got: String(labelSmoothing),
    help: "Leave it out.",
  }));
}
