import { checkOptions } from "../base/options.ts";
import { describe } from "../base/errors.ts";
import { capture } from "../core/capture.ts";
import { RandomGenerator } from "../core/random.ts";
import { Tape } from "../core/tape.ts";
import type { AnyTensor, Tensor } from "../core/tensor.ts";
import { DataLoader } from "../data/data_loader.ts";
import type { Dataset } from "../data/dataset.ts";
import { layoutOf } from "../data/layout.ts";
import type { Device } from "../devices/device.ts";
import { NETWORKS, normalizeInputs } from "../models/mod.ts";
import { clipGradNorm } from "../optim/clip_grad_norm.ts";
import { crossEntropy } from "../ops/cross_entropy.ts";
import { transformOf } from "./augmentation.ts";
import { suggestLr } from "./_lr_suggestion.ts";
import type { TrainSettings } from "./options.ts";
import { OPTIMIZERS } from "./_optimizers.ts";
import { settingsOf } from "./settings.ts";

/** The range of learning rates to try. */
export interface LrRange {
  /** The first learning rate. Default 1e-7. */
  from?: number;
  /** The learning rate that the last step comes near. Default 10. */
  to?: number;
  /** Steps, at least 20. Default 100. */
  steps?: number;
}

/** A step of a range test. */
export interface LrPoint {
  /** Its learning rate. */
  readonly lr: number;
  /** The loss of its batch. */
  readonly loss: number;
  /** The smoothed loss. */
  readonly smooth: number;
}

/** What a range test found. */
export interface LrFound {
  /** The steps, until the loss was four times its least. */
  readonly points: readonly LrPoint[];
  /** The suggested learning rate; NaN where the loss fell nowhere. */
  readonly suggestion: number;
}

/** Weight of what was before, in the smoothed loss. */
const momentum = 0.98;

/** How far the loss may rise above its least. */
const mostRise = 4;

/**
 * Looks for a learning rate: trains with one that rises from step to step, and
 * notes the loss (Smith, "Cyclical Learning Rates for Training Neural Networks",
 * 2017). The suggestion is fastai's: the middle of the longest descent.
 *
 * @param device Where to train.
 * @param data Images and labels.
 * @param settings As for a training; its learning rate and schedule are not used.
 * @param range The learning rates.
 * @throws {RangeError} If a setting or the range is out of range.
 */
export async function findLr(
  device: Device,
  data: Dataset,
  settings: Partial<TrainSettings> = {},
  range: LrRange = {},
): Promise<LrFound> {
  const { from, steps, to } = checkRange(range);
  const rates = Array.from(
    { length: steps },
    (_, step) => from * (to / from) ** (step / steps),
  );
  const points = await rangeTest(
    device,
    data,
    settingsOf(settings, null),
    rates,
  );
  return { points, suggestion: suggestLr(points, steps) };
}

/** Trains a step with each of the rates, until the loss has risen too far. */
async function rangeTest(
  device: Device,
  data: Dataset,
  settings: TrainSettings,
  rates: readonly number[],
): Promise<LrPoint[]> {
  const { augment, batchSize, clipGradNorm: maxNorm, labelSmoothing } =
    settings;
  const generator = new RandomGenerator(settings.seed);
  const { classes, rowShape } = layoutOf(data);
  const model = NETWORKS[settings.network](classes, rowShape);
  normalizeInputs(model, settings.normalize);
  model.to(device, { generator });
  const { weightDecay } = settings;
  using optimizer = new OPTIMIZERS[settings.optimizer](model.parameters(), {
    lr: rates[0],
    weightDecay,
  });
  using batches = new DataLoader(data, {
    ...{ device, batchSize, generator, shuffle: true },
    transform: transformOf(augment),
  });
  using step = capture(device, (inputs: Tensor, labels: AnyTensor) => {
    using tape = new Tape();
    const loss = crossEntropy(model.forward(inputs), labels, {
      labelSmoothing,
    });
    optimizer.zeroGrad();
    tape.backward(loss);
    if (maxNorm > 0) clipGradNorm(optimizer.parameters, maxNorm);
    optimizer.step();
    return tape.keep(loss);
  });
  model.train();
  const smoothing = new Smoothing();
  while (true) {
    for await (const [inputs, labels] of batches) {
      optimizer.lr = rates[smoothing.points.length];
      const loss = step(inputs, labels);
      const isOver = smoothing.add(optimizer.lr, await loss.item());
      if (isOver || smoothing.points.length === rates.length) {
        return smoothing.points;
      }
    }
  }
}

/** The losses so far, smoothed as fastai's recorder smooths them. */
class Smoothing {
  readonly points: LrPoint[] = [];
  #average = 0;
  #least = Infinity;

  /** Adds a step; returns whether the loss has risen too far, or is no number. */
  add(lr: number, loss: number): boolean {
    if (!Number.isFinite(loss)) return true;
    this.#average = momentum * this.#average + (1 - momentum) * loss;
    const smooth = this.#average / (1 - momentum ** (this.points.length + 1));
    this.points.push({ lr, loss, smooth });
    this.#least = Math.min(this.#least, smooth);
    return smooth > mostRise * this.#least;
  }
}

function checkRange(range: LrRange): Required<LrRange> {
  checkOptions("findLr", range, ["from", "steps", "to"]);
  const { from = 1e-7, steps = 100, to = 10 } = range;
  if (!(from > 0 && from < to && to < Infinity)) {
    throw wrong("from and to", "0 < from < to", `${from} and ${to}`);
  }
  if (!(Number.isSafeInteger(steps) && steps >= 20)) {
    throw wrong("steps", "a whole number of at least 20", String(steps));
  }
  return { from, steps, to };
}

function wrong(what: string, expected: string, got: string): RangeError {
  const help = "Leave them out for 100 steps from 1e-7 to 10.";
  return new RangeError(
    describe({ what: `findLr: ${what}`, expected, got, help }),
  );
}
