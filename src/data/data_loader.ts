import { block, printAsText } from "../base/printing.ts";
import type { Device } from "../devices/device.ts";
import { capture, type Captured } from "../core/capture.ts";
import { defaultDevice } from "../core/default_device.ts";
import { describe } from "../base/errors.ts";
import { tidy } from "../core/scope.ts";
import { type Shape, Tensor } from "../core/tensor.ts";
import type { Compose } from "../transforms/mod.ts";
import { Augmentation } from "./_augmentation.ts";
import { datasetText } from "./_dataset_text.ts";
import { type Batch, RowGather, type Rows } from "./_row_gather.ts";
import { upload } from "./_upload.ts";
import type { Dataset } from "./dataset.ts";
import { RandomGenerator } from "../core/random.ts";

/** How a {@linkcode DataLoader} makes batches. */
export interface DataLoaderOptions {
  /** Where the batches are made. Default: the default device. */
  device?: Device;
  /** Rows of a batch. Default 1, as in PyTorch. */
  batchSize?: number;
  /** Whether every epoch has an order of its own. Default false. */
  shuffle?: boolean;
  /** Seeds the order; default is a random seed. */
  seed?: number;
  /** Draws the order itself, instead of one with `seed`. */
  generator?: RandomGenerator;
  /** Whether to leave out a last batch that is not full. Default false. */
  dropLast?: boolean;
  /** The transforms of the inputs; default is `ToTensor` alone. */
  transform?: Compose;
}

/** Where a {@linkcode DataLoader} is. */
export interface DataLoaderState {
  /** The generator's state before it draws the epoch's order. */
  generator: Uint32Array;
  /** Batches of that epoch that were given out. */
  batch: number;
}

export type { Batch };

/**
 * Batches between two looks at the device, so that work does not pile up. A look
 * takes Deno 11 ms at least, in which a fast GPU works off some 50.
 */
const batchesAhead = 64;

/**
 * Makes batches of a data set on the device: the data set is uploaded once, an
 * epoch's order once an epoch, and a kernel picks the rows.
 *
 * With the same seed, orders are those of PyTorch's `DataLoader`. The tensors
 * of a batch are written anew by the next one.
 *
 * @example
 * ```ts
 * import { DataLoader, openDevice, TensorDataset } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * const points = new Float32Array([0, 1, 2, 3, 4, 5]);
 * const dataset = new TensorDataset(points, [0, 1, 0], {
 *   rowShape: [2],
 *   classes: 2,
 * });
 * using loader = new DataLoader(dataset, { device, batchSize: 2 });
 * assertEquals(loader.length, 2);
 * for await (const [inputs] of loader) {
 *   assertEquals(inputs.shape.length, 2);
 * }
 * ```
 */
export class DataLoader implements Disposable {
  static {
    printAsText(this.prototype);
  }

  /** Batches of an epoch. */
  readonly length: number;
  /** Rows of an epoch. */
  readonly rows: number;
  /** Rows of a full batch. */
  readonly batchSize: number;
  readonly #dataset: Dataset;
  readonly #device: Device;
  readonly #shuffle: boolean;
  readonly #generator: RandomGenerator;
  readonly #transform: Compose | undefined;
  readonly #augmentation: Augmentation | null;
  readonly #gather: RowGather;
  readonly #order: Rows;
  /** Where a batch starts, in turns: it tells the other where the next one does. */
  readonly #cursors: readonly Rows[];
  /** Which of the cursors is the next batch's. */
  #turn = 0;
  #state: DataLoaderState;
  /** Batches that the next epoch leaves out, since they were given before. */
  #skip = 0;
  readonly #picks = new Map<number, Picks>();

  /**
   * Checks and keeps the arguments.
   *
   * @param dataset The rows and their labels.
   * @param options Device, batch size, order.
   * @throws {RangeError} If the batch size is not a whole number, or images are
   * too small for the transform.
   * @throws {TypeError} If a random transform is to change what is no image.
   */
  constructor(dataset: Dataset, options: DataLoaderOptions) {
    const { batchSize = 1, dropLast = false, shuffle = false } = options;
    const { device = defaultDevice("DataLoader: device") } = options;
    if (!Number.isInteger(batchSize) || batchSize < 1) {
      throw new RangeError(describe({
        what: "DataLoader: batchSize",
        expected: "a whole number of at least 1",
        got: String(batchSize),
        help: "Give the number of rows of a batch.",
      }));
    }
    const [random] = crypto.getRandomValues(new Uint32Array(1));
    this.#dataset = dataset;
    this.#device = device;
    this.#shuffle = shuffle;
    this.#generator = options.generator ??
      new RandomGenerator(options.seed ?? random);
    this.#state = { generator: this.#generator.state, batch: 0 };
    this.batchSize = batchSize;
    const full = Math.floor(dataset.length / batchSize);
    const left = dropLast ? 0 : dataset.length % batchSize;
    this.length = full + (left > 0 ? 1 : 0);
    this.rows = full * batchSize + left;
    this.#transform = options.transform;
    this.#gather = new RowGather(device, dataset, options.transform);
    const inOrder = Int32Array.from({ length: dataset.length }, (_, i) => i);
    this.#order = upload(device, inOrder);
    this.#cursors = [0, 0].map((row) => upload(device, Int32Array.of(row)));
    this.#augmentation = this.#createAugmentation();
  }

  /** The batches of an epoch. Inside an `async` function prefer `for await`. */
  *[Symbol.iterator](): Batches<Batch> {
    const first = this.#start() * this.batchSize;
    for (let row = first; row < this.rows; row += this.batchSize) {
      this.#state.batch++;
      yield this.#batch(Math.min(this.batchSize, this.rows - row));
    }
  }

  /**
   * The batch with which the next epoch begins, to look at: PyTorch's
   * `next(iter(loader))`, but the loader's random numbers stay as they are, and
   * so does an epoch that is under way.
   *
   * @returns Tensors of the caller, which no later batch overwrites: inputs
   * `[N, …row shape]` and labels `[N]`.
   * @throws {RangeError} If an epoch has no batch.
   *
   * @example
   * ```ts
   * import { DataLoader, openDevice, TensorDataset } from "@x/mnist-cnn";
   * import { assertEquals } from "@std/assert";
   *
   * using device = await openDevice({ device: "cpu" });
   * const points = new Float32Array([0, 1, 2, 3, 4, 5]);
   * const dataset = new TensorDataset(points, [0, 1, 0], {
   *   rowShape: [2],
   *   classes: 2,
   * });
   * using loader = new DataLoader(dataset, { device, batchSize: 2 });
   * const [inputs, labels] = loader.first();
   * assertEquals(await inputs.data(), new Float32Array([0, 1, 2, 3]));
   * assertEquals(await labels.data(), new Int32Array([0, 1]));
   * ```
   */
  first(): Batch {
    if (this.length === 0) {
      throw new RangeError(describe({
        what: "DataLoader.first",
        expected: "an epoch of at least one batch",
        got: `${this.#dataset.length} rows, fewer than a batch has, and ` +
          "dropLast",
        help: "Make the batch smaller, or leave out dropLast.",
      }));
    }
    const generator = new RandomGenerator(0);
    generator.state = this.#generator.state;
    const start = this.#skip * this.batchSize;
    const device = this.#device;
    return tidy(() => {
      using augmentation = this.#createAugmentation();
      const size: Shape = [this.#dataset.length];
      const order = this.#shuffle
        ? Tensor.empty(device, size, "i32")
        : this.#order;
      this.#drawEpoch(generator, order, augmentation);
      const cursor = Tensor.from(device, Int32Array.of(start), [1] as Shape);
      const next = Tensor.empty<Shape, "i32">(device, [1], "i32");
      const rows = Math.min(this.batchSize, this.rows - start);
      const batch = this.#gather.empty(rows, "pooled");
      this.#gather.run({ augmentation, cursor, next, order }, batch);
      return batch;
    });
  }

  /**
   * Where the loader is: setting what was got before, here or in a loader of
   * the same data set and options, makes the next epoch go on from there.
   *
   * @throws {RangeError} On setting a batch that an epoch does not have, or
   * what is no generator's state.
   */
  get state(): DataLoaderState {
    const { batch, generator } = this.#state;
    const between = batch === 0 || batch === this.length;
    return between
      ? { generator: this.#generator.state, batch: 0 }
      : { generator: generator.slice(), batch };
  }

  set state({ batch, generator }: DataLoaderState) {
    if (!Number.isInteger(batch) || batch < 0 || batch >= this.length) {
      throw new RangeError(describe({
        what: "DataLoader: state.batch",
        expected: `a whole number from 0 to ${this.length - 1}`,
        got: String(batch),
        help: "Set what a loader of the same data and batch size gave.",
      }));
    }
    this.#generator.state = generator;
    this.#state = { generator: generator.slice(), batch };
    this.#skip = batch;
  }

  /**
   * The batches of an epoch, no further ahead of the device than it can work
   * off in a moment.
   */
  async *[Symbol.asyncIterator](): AsyncGenerator<Batch, void, void> {
    let earlier = Promise.resolve();
    let count = 0;
    for (const batch of this) {
      yield batch;
      if (++count % batchesAhead !== 0) continue;
      await earlier;
      earlier = this.#device.settle();
    }
    await earlier;
  }

  /** Batches, order, device and data set, a line each. */
  toString(): string {
    const dataset = this.#dataset;
    return block("DataLoader", [
      `Number of batches: ${this.length}`,
      `Batch size: ${this.batchSize}`,
      `Shuffle: ${this.#shuffle}`,
      `Device: ${this.#device}`,
      ...(this.#transform ? [`Transform: ${this.#transform}`] : []),
      dataset.toString === Object.prototype.toString
        ? datasetText("", dataset)
        : String(dataset),
    ]);
  }

  /** Frees the data set's memory on the device. */
  [Symbol.dispose](): void {
    for (const { batch, turns } of this.#picks.values()) {
      for (const part of [...turns, ...batch]) part[Symbol.dispose]();
    }
    this.#picks.clear();
    this.#augmentation?.[Symbol.dispose]();
    this.#gather[Symbol.dispose]();
    for (const tensor of [this.#order, ...this.#cursors]) {
      tensor[Symbol.dispose]();
    }
  }

  /** Starts an epoch; gives the number of batches to leave out. */
  #start(): number {
    const batch = this.#skip;
    this.#skip = 0;
    this.#state = { generator: this.#generator.state, batch };
    const cursor = Int32Array.of(batch * this.batchSize);
    this.#turn = 0;
    this.#device.write(this.#cursors[0].buffer, cursor);
    this.#drawEpoch(this.#generator, this.#order, this.#augmentation);
    return batch;
  }

  /** Draws all that is random in an epoch: its order and its transforms. */
  #drawEpoch(
    generator: RandomGenerator,
    order: Rows,
    augmentation: Augmentation | null,
  ): void {
    if (this.#shuffle) {
      // PyTorch draws a seed for its worker processes before that of the order.
      generator.fork();
      const rows = generator.fork().permutation(this.#dataset.length);
      this.#device.write(order.buffer, rows);
    }
    augmentation?.startEpoch(generator.fork());
  }

  #createAugmentation(): Augmentation | null {
    const transform = this.#transform;
    if (!transform?.isRandom) return null;
    return new Augmentation(this.#device, transform, this.#dataset);
  }

  #batch(rows: number): Batch {
    const picks = this.#picks.get(rows) ?? this.#prepare(rows);
    this.#picks.set(rows, picks);
    picks.turns[this.#turn]();
    this.#turn = 1 - this.#turn;
    return picks.batch;
  }

  #prepare(rows: number): Picks {
    const batch = this.#gather.empty(rows, "persistent");
    const turns = [0, 1].map((turn) => {
      const source = {
        order: this.#order,
        cursor: this.#cursors[turn],
        next: this.#cursors[1 - turn],
        augmentation: this.#augmentation,
      };
      return capture(this.#device, () => this.#gather.run(source, batch));
    });
    return { batch, turns };
  }
}

/** A batch's memory, and what fills it: for each cursor a recording. */
interface Picks {
  readonly batch: Batch;
  readonly turns: readonly Captured<[], void>[];
}

type Batches<T> = Generator<T, void, void>;
