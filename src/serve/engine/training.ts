import { describe, TrainingError } from "../../base/errors.ts";
import { capture } from "../../core/capture.ts";
import { Tape } from "../../core/tape.ts";
import type { Labels, Tensor } from "../../core/tensor.ts";
import { DataLoader } from "../../data/data_loader.ts";
import type { Device } from "../../devices/device.ts";
import type { Classifier } from "../../models/networks.ts";
import { correctCount } from "../../ops/correct_count.ts";
import { crossEntropy } from "../../ops/cross_entropy.ts";
import { Adam } from "../../optim/adam.ts";
import { Evaluator } from "../../training/evaluate.ts";
import { Mean } from "../../training/mean.ts";
import { classify } from "../classify.ts";
import type { Progress, TrainingSettings } from "./protocol.ts";
import type { TrainingData } from "./training_images.ts";

/** Steps between two looks at loss and accuracy, and at images held out. */
const [stepsALook, stepsAMeasure] = [10, 50];

const epochs = 5;

/** Milliseconds after which drawing has a turn. */
const patience = 12;

/** A training in the page. */
export class Training {
  readonly #device: Device;
  readonly #model: Classifier;
  readonly #data: TrainingData;
  readonly #settings: TrainingSettings;
  #isStopped = false;
  /** Whether the next step was asked for alone: it is taken, and looked at. */
  #isSingle = false;
  #paused: PromiseWithResolvers<void> | null = null;

  /**
   * A training that has not begun.
   *
   * @param model On the device; between steps it is in evaluation mode.
   */
  constructor(
    device: Device,
    model: Classifier,
    data: TrainingData,
    settings: TrainingSettings,
  ) {
    this.#device = device;
    this.#model = model;
    this.#data = data;
    this.#settings = settings;
  }

  /** Lets it wait after a step, or go on. */
  pause(isPaused: boolean): void {
    this.#isSingle = false;
    this.#paused?.resolve();
    this.#paused = isPaused ? Promise.withResolvers() : null;
  }

  /** Lets it take one step more, and wait after that. */
  step(): void {
    this.pause(true);
    this.#isSingle = true;
  }

  /** Ends it after a step. */
  stop(): void {
    this.#isStopped = true;
    this.pause(false);
  }

  /**
   * Trains until it is done or stopped, and tells from time to time how far.
   *
   * @throws {TrainingError} If the loss is no finite number any more.
   */
  async run(onProgress: (progress: Progress) => void): Promise<void> {
    const { lr } = this.#settings;
    const { trainData } = this.#data;
    const batchSize = Math.min(this.#settings.batchSize, trainData.length);
    const [device, model] = [this.#device, this.#model];
    const order = { device, batchSize, shuffle: true, seed: 0, dropLast: true };
    using batches = new DataLoader(trainData, order);
    using evaluator = new Evaluator(device, model, this.#data.heldOut);
    using loss = new Mean(device);
    using correct = new Mean(device);
    using train = trainingStep(device, model, lr, loss, correct);
    const steps = epochs * batches.length;
    let step = 0;
    let turn = performance.now();
    for (let epoch = 0; epoch < epochs; epoch++) {
      for await (const [images, labels] of batches) {
        model.train();
        train(images, labels);
        model.eval();
        step++;
        if (this.#isSingle || step % stepsALook === 0 || step === steps) {
          this.#isSingle = false;
          const isMeasured = step % stepsAMeasure === 0 || step === steps;
          const mean = await loss.value();
          if (!Number.isFinite(mean)) throw diverged(step, mean);
          onProgress({
            ...{ step, steps, loss: mean },
            accuracy: await correct.value() / batchSize,
            heldOut: isMeasured ? (await evaluator.run()).accuracy : null,
            filters: await filtersOf(model),
            guesses: await this.#guesses(),
          });
          loss.reset();
          correct.reset();
        }
        if (performance.now() - turn > patience) {
          await turnOfOthers();
          turn = performance.now();
        }
        if (!this.#isSingle) await this.#paused?.promise;
        if (this.#isStopped) return;
      }
    }
  }

  /** The likeliest class of each watched image. */
  async #guesses(): Promise<number[]> {
    const { labels, pixels } = this.#data.watched;
    const images = Array.from(labels, (_, row) =>
      Float32Array.from(
        pixels.subarray(row * 784, (row + 1) * 784),
        (value) => value / 255,
      ));
    const all = await classify(this.#device, this.#model, images);
    return all.map((one) => one.indexOf(Math.max(...one)));
  }
}

function diverged(step: number, loss: number): TrainingError {
  return new TrainingError(describe({
    what: `the loss before step ${step}`,
    expected: "a finite number",
    got: String(loss),
    help: "Choose a smaller learning rate. The network from before is back.",
  }));
}

function trainingStep(
  device: Device,
  model: Classifier,
  lr: number,
  meanLoss: Mean,
  correct: Mean,
) {
  const optimizer = new Adam(model.parameters(), { lr });
  return capture(device, (images: Tensor, labels: Labels) => {
    using tape = new Tape();
    const scores = model.forward(images);
    const loss = crossEntropy(scores, labels);
    optimizer.zeroGrad();
    tape.backward(loss);
    optimizer.step();
    meanLoss.add(loss);
    correct.add(correctCount(scores, labels));
  });
}

/** Lets other messages have their turn; a timer would wait for four milliseconds. */
async function turnOfOthers(): Promise<void> {
  const { port1, port2 } = new MessageChannel();
  await new Promise((resolve) => {
    port1.onmessage = resolve;
    port2.postMessage(null);
  });
  port1.close();
}

/** The weights of the first layer. */
async function filtersOf(model: Classifier): Promise<Progress["filters"]> {
  const [{ shape, tensor }] = model.parameters();
  return { shape, data: await tensor.data() };
}
