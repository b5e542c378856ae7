import type { Device } from "../devices/device.ts";
import type { Classifier } from "../models/mod.ts";
import { lookTurned } from "../digits/turned.ts";
import { classify, type Image } from "./classify.ts";

/** The probability of each class. */
export type Probabilities = ArrayLike<number>;

/** The images of a request, and where their probabilities go. */
interface Waiting {
  readonly images: readonly Image[];
  resolve(probabilities: Probabilities[]): void;
  reject(error: unknown): void;
}

/** How a batcher gathers. */
export interface BatcherOptions {
  /** The most images of a batch; no request has more. */
  readonly mostImages: number;
  /** Milliseconds that a batch waits for requests that are being read. */
  readonly patience: number;
  /** What logits are divided by before the softmax. */
  readonly temperature: number | undefined;
  /** Is told of each batch how many images it has. */
  onBatch(images: number): void;
}

/**
 * Runs the images of requests as batches: those that are there when the device
 * is free, and those of requests that are being read.
 */
export class Batcher {
  readonly #device: Device;
  readonly #model: Classifier;
  readonly #options: BatcherOptions;
  #waiting: Waiting[] = [];
  #coming = 0;
  #isRunning = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(device: Device, model: Classifier, options: BatcherOptions) {
    this.#device = device;
    this.#model = model;
    this.#options = options;
    model.eval();
  }

  /** Images that wait for the device. */
  get waiting(): number {
    return this.#waiting.reduce((sum, { images }) => sum + images.length, 0);
  }

  /** The probabilities of each class for images that are being read. */
  async probabilities(
    coming: Promise<readonly Image[]>,
  ): Promise<Probabilities[]> {
    const { promise, ...settle } = Promise.withResolvers<Probabilities[]>();
    this.#coming++;
    try {
      this.#waiting.push({ images: await coming, ...settle });
    } finally {
      this.#coming--;
      this.#start(false);
    }
    return await promise;
  }

  /** Starts a batch, if the device is free and nothing more is coming. */
  #start(isLate: boolean): void {
    if (this.#isRunning || this.#waiting.length === 0) return;
    if (this.#coming > 0 && !isLate) {
      const { patience } = this.#options;
      this.#timer ??= setTimeout(() => {
        this.#timer = undefined;
        this.#start(true);
      }, patience);
      return;
    }
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#run();
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    const batch = this.#next();
    try {
      const images = batch.flatMap(({ images }) => images);
      const { temperature } = this.#options;
      this.#options.onBatch(images.length);
      const all = await lookTurned(
        images,
        (images) => classify(this.#device, this.#model, images, temperature),
      );
      let start = 0;
      for (const { images, resolve } of batch) {
        resolve(all.slice(start, start += images.length));
      }
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
    this.#isRunning = false;
    this.#start(true);
  }

  /** The requests of the next batch, in the order in which they were read. */
  #next(): Waiting[] {
    let count = 0;
    const end = this.#waiting.findIndex(({ images }) =>
      (count += images.length) > this.#options.mostImages
    );
    return this.#waiting.splice(0, end < 0 ? Infinity : end);
  }
}
