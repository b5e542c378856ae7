import { capture } from "../../core/capture.ts";
import { Tape } from "../../core/tape.ts";
import type { Labels, Tensor } from "../../core/tensor.ts";
import { DataLoader } from "../../data/data_loader.ts";
import type { ArrayDataset } from "../../data/dataset.ts";
import type { Device } from "../../devices/device.ts";
import { decodeSafetensors } from "../../formats/safetensors.ts";
import type { Classifier } from "../../models/networks.ts";
import { correctCount } from "../../ops/correct_count.ts";
import { crossEntropy } from "../../ops/cross_entropy.ts";
import { Adam } from "../../optim/adam.ts";
import { Mean } from "../../training/mean.ts";

/** Images of a step, and steps between two looks at loss and accuracy. */
const [batchSize, stepsALook] = [100, 10];

const epochs = 5;

/** Milliseconds after which the page has a turn. */
const patience = 12;

/** How far a training is. */
export interface Progress {
  /** Steps so far. */
  readonly step: number;
  /** Steps of the whole training. */
  readonly steps: number;
  /** Mean loss of the last steps. */
  readonly loss: number;
  /** Share of their images that were seen right, before they were learnt. */
  readonly accuracy: number;
}

/** A training in the page, with the settings of the notebook. */
export class Training {
  readonly #device: Device;
  readonly #model: Classifier;
  readonly #data: ArrayDataset;
  #isStopped = false;
  #paused: PromiseWithResolvers<void> | null = null;

  /**
   * A training that has not begun.
   *
   * @param model On the device; between steps it is in evaluation mode.
   */
  constructor(device: Device, model: Classifier, data: ArrayDataset) {
    this.#device = device;
    this.#model = model;
    this.#data = data;
  }

  /** Whether it waits. */
  get isPaused(): boolean {
    return this.#paused !== null;
  }

  /** Lets it wait after a step, or go on. */
  pause(isPaused: boolean): void {
    this.#paused?.resolve();
    this.#paused = isPaused ? Promise.withResolvers() : null;
  }

  /** Ends it after a step. */
  stop(): void {
    this.#isStopped = true;
    this.pause(false);
  }

  /** Trains until it is done or stopped, and tells from time to time how far. */
  async run(onProgress: (progress: Progress) => void): Promise<void> {
    const device = this.#device;
    const order = { device, batchSize, shuffle: true, seed: 0, dropLast: true };
    using batches = new DataLoader(this.#data, order);
    using loss = new Mean(device);
    using correct = new Mean(device);
    using train = trainingStep(device, this.#model, loss, correct);
    const steps = epochs * batches.length;
    let step = 0;
    let turn = performance.now();
    for (let epoch = 0; epoch < epochs; epoch++) {
      for await (const [images, labels] of batches) {
        this.#model.train();
        train(images, labels);
        this.#model.eval();
        if (++step % stepsALook === 0) {
          onProgress({
            ...{ step, steps, loss: await loss.value() },
            accuracy: await correct.value() / batchSize,
          });
          loss.reset();
          correct.reset();
        }
        if (performance.now() - turn > patience) {
          await new Promise((resolve) => setTimeout(resolve));
          turn = performance.now();
        }
        await this.#paused?.promise;
        if (this.#isStopped) return;
      }
    }
  }
}

function trainingStep(
  device: Device,
  model: Classifier,
  meanLoss: Mean,
  correct: Mean,
) {
  const optimizer = new Adam(model.parameters(), { lr: 0.01 });
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

/** The server's images to train on. */
export async function fetchImages(classes: number): Promise<ArrayDataset> {
  const response = await fetch("training.safetensors");
  const bytes = new Uint8Array(await response.arrayBuffer());
  if (!response.ok) {
    throw new Error(JSON.parse(new TextDecoder().decode(bytes)).error);
  }
  const { tensors } = decodeSafetensors(bytes, "the server's images");
  const [images, labels] = ["images", "labels"].map((name) => {
    const data = tensors.get(name)?.data;
    if (data instanceof Uint8Array) return data;
    throw new Error(`the server's images have no ${name}`);
  });
  return {
    length: labels.length,
    inputs: { data: images, rowShape: [1, 28, 28], divisor: 255 },
    targets: { data: labels, classes },
  };
}
