import { helpFor, optionText } from "../base/help.ts";
import { capture } from "../core/capture.ts";
import { RandomGenerator } from "../core/random.ts";
import { CpuDevice } from "../devices/cpu/cpu_device.ts";
import type { Device } from "../devices/device.ts";
import { describe, DeviceError } from "../base/errors.ts";
import { ConvolutionalNeuralNetwork } from "../models/convolutional_neural_network.ts";
import { crossEntropy } from "../ops/mod.ts";
import { Adam } from "../optim/mod.ts";
import { Tape } from "../core/tape.ts";
import { type Shape, Tensor } from "../core/tensor.ts";

/** How fast a device trains. */
export interface Benchmark {
  /** Milliseconds of a training step of 100 images. */
  readonly stepMilliseconds: number;
  /** Training images a second. */
  readonly imagesPerSecond: number;
}

/** Steps and images of the self-test. */
const STEPS = 3;
const IMAGES = 10;

/** Losses of two devices may differ so far, of losses around 2. */
const TOLERANCE = 1e-3;

/**
 * Trains the network for a few steps on a device and by the reference kernels,
 * and compares the losses: forward and backward pass, statistics, optimizer.
 *
 * @throws {DeviceError} If they differ.
 */
export async function trialOf(device: Device): Promise<void> {
  const expected = await (referenceLosses ??= reference());
  const actual = await losses(device);
  const isRight = expected.every((loss, step) =>
    Math.abs(loss - actual[step]) <= TOLERANCE
  );
  if (isRight) return;
  const text = (values: number[]) =>
    values.map((value) => value.toFixed(5)).join(", ");
  throw new DeviceError(describe({
    what: `self-test of ${device.label}: losses of ${STEPS} steps`,
    expected: text(expected),
    got: text(actual),
    help: device.kind === "webgpu"
      ? `Update the driver, or use ${optionText("device", "cpu")}.`
      : helpFor({
        program: "Report this, with what `diagnose` finds.",
        cli: (callOf) =>
          `Report this, with the text of \`${callOf("doctor")}\`.`,
      }),
  }));
}

/** The same for every device, and slow. */
let referenceLosses: Promise<number[]> | null = null;

async function reference(): Promise<number[]> {
  using device = CpuDevice.open({ kernels: "reference" });
  return await losses(device);
}

async function losses(device: Device): Promise<number[]> {
  using training = new Training(device, IMAGES);
  const found: number[] = [];
  for (let step = 0; step < STEPS; step++) {
    found.push(await training.step().item());
  }
  return found;
}

/**
 * Trains the network for some time on 100 images again and again, twice as
 * often each time and only then looking at the loss: a look at a GPU takes
 * longer than a step.
 */
export async function benchmark(
  device: Device,
  seconds: number,
): Promise<Benchmark> {
  const batch = 100;
  using training = new Training(device, batch);
  // The first run captures, the second replays what is compiled by then.
  for (let step = 0; step < 2; step++) await training.step().item();
  for (let steps = 1;; steps = Math.min(2 * steps, MOST_STEPS)) {
    const milliseconds = await training.time(steps);
    if (milliseconds < 500 * seconds && steps < MOST_STEPS) continue;
    const stepMilliseconds = milliseconds / steps;
    const imagesPerSecond = 1000 * batch / stepMilliseconds;
    return { stepMilliseconds, imagesPerSecond };
  }
}

/** Work that nobody waits for piles up in a GPU's queue. */
const MOST_STEPS = 256;

/** A training on one batch: bright stripes on noise, a place for each class. */
class Training implements Disposable {
  readonly #images: Tensor;
  readonly #labels: Tensor<Shape, "i32">;
  readonly #run;

  constructor(device: Device, batch: number) {
    const generator = new RandomGenerator(7);
    const labels = Int32Array.from({ length: batch }, (_, row) => row % 10);
    const pixels = Float32Array.from(
      { length: batch * 784 },
      () => (generator.random() & 0xff) / 1024,
    );
    for (const [row, label] of labels.entries()) {
      pixels.fill(1, row * 784 + label * 56, row * 784 + label * 56 + 56);
    }
    this.#images = Tensor.from(device, pixels, [batch, 1, 28, 28]);
    this.#labels = Tensor.from(device, labels, [batch]);
    const model = new ConvolutionalNeuralNetwork().to(device, { seed: 0 });
    const optimizer = new Adam(model.parameters(), { lr: 0.01 });
    this.#run = capture(
      device,
      (images: Tensor, labels: Tensor<Shape, "i32">) => {
        using tape = new Tape();
        const loss = crossEntropy(model.forward(images), labels);
        optimizer.zeroGrad();
        tape.backward(loss);
        optimizer.step();
        return loss;
      },
    );
  }

  step(): Tensor {
    return this.#run(this.#images, this.#labels);
  }

  /** Milliseconds that so many steps take. */
  async time(steps: number): Promise<number> {
    const start = performance.now();
    for (let step = 1; step < steps; step++) this.step();
    await this.step().item();
    return performance.now() - start;
  }

  [Symbol.dispose](): void {
    for (const part of [this.#run, this.#images, this.#labels]) {
      part[Symbol.dispose]();
    }
  }
}
