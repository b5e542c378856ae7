import type { Device } from "../devices/device.ts";
import { capture, type Captured } from "../core/capture.ts";
import { describe } from "../base/errors.ts";
import { elementsOf, type Shape, Tensor } from "../core/tensor.ts";
import type { Compose } from "../transforms/mod.ts";
import { Augmentation } from "./_augmentation.ts";
import { upload, uploadRows } from "./_upload.ts";
import type { Dataset } from "./dataset.ts";
import { RandomGenerator } from "../core/random.ts";

/** How a {@linkcode DataLoader} makes batches. */
export interface DataLoaderOptions {
  /** Where the batches are made. */
  device: Device;
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
  /** What happens to inputs on their way; default is `ToTensor` alone. */
  transform?: Compose;
}

/** Where a {@linkcode DataLoader} is. */
export interface DataLoaderState {
  /** The generator's state before it draws the epoch's order. */
  generator: Uint32Array;
  /** Batches of that epoch that were given out. */
  batch: number;
}

/** A batch: inputs `[N, …row shape]` and labels `[N]`. */
export type Batch = readonly [inputs: Tensor, labels: Tensor<Shape, "i32">];

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
  readonly #augmentation: Augmentation | null;
  readonly #shards: readonly Tensor<Shape, "u8" | "f32">[];
  readonly #labels: Tensor<Shape, "i32">;
  readonly #order: Tensor<Shape, "i32">;
  /** Where a batch starts, in turns: it tells the other where the next one does. */
  readonly #cursors: readonly Tensor<Shape, "i32">[];
  /** Which of the cursors is the next batch's. */
  #turn = 0;
  #state: DataLoaderState;
  /** Batches that the next epoch leaves out, since they were given before. */
  #skip = 0;
  readonly #pick: (rows: number) => Picks;
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
    const { batchSize = 1, device, dropLast = false, shuffle = false } =
      options;
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
    const { shards, rowsPerShard } = uploadRows(device, dataset);
    this.#shards = shards;
    const labels = Int32Array.from(dataset.targets.data);
    this.#labels = upload(device, labels);
    this.#order = upload(device, Int32Array.from(labels.keys()));
    this.#cursors = [0, 0].map((row) => upload(device, Int32Array.of(row)));
    const { transform } = options;
    const { mean = 0, std = 1 } = transform ?? {};
    this.#augmentation = transform?.isRandom
      ? new Augmentation(device, transform, dataset)
      : null;
    // Random transforms come before the normalisation, and do it themselves.
    const norm = transform?.isRandom ? { mean: 0, std: 1 } : { mean, std };
    this.#pick = (rows) => this.#prepare(rows, { ...norm, rowsPerShard });
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

  /** Frees the data set's memory on the device. */
  [Symbol.dispose](): void {
    for (const { batch, turns } of this.#picks.values()) {
      for (const part of [...turns, ...batch]) part[Symbol.dispose]();
    }
    this.#picks.clear();
    this.#augmentation?.[Symbol.dispose]();
    const own = [this.#labels, this.#order, ...this.#cursors];
    for (const tensor of [...this.#shards, ...own]) tensor[Symbol.dispose]();
  }

  /** Starts an epoch; gives the number of batches to leave out. */
  #start(): number {
    const batch = this.#skip;
    this.#skip = 0;
    this.#state = { generator: this.#generator.state, batch };
    const cursor = Int32Array.of(batch * this.batchSize);
    this.#turn = 0;
    this.#device.write(this.#cursors[0].buffer, cursor);
    if (this.#shuffle) {
      // PyTorch draws a seed for its worker processes before that of the order.
      this.#generator.fork();
      const order = this.#generator.fork().permutation(this.#dataset.length);
      this.#device.write(this.#order.buffer, order);
    }
    if (this.#augmentation !== null) {
      this.#augmentation.startEpoch(this.#generator.fork());
    }
    return batch;
  }

  #batch(rows: number): Batch {
    let picks = this.#picks.get(rows);
    if (picks === undefined) {
      picks = this.#pick(rows);
      this.#picks.set(rows, picks);
    }
    picks.turns[this.#turn]();
    this.#turn = 1 - this.#turn;
    return picks.batch;
  }

  #prepare(
    rows: number,
    sizes: { mean: number; std: number; rowsPerShard: number },
  ): Picks {
    const device = this.#device;
    const { divisor, rowShape } = this.#dataset.inputs;
    const size = [rows, ...rowShape];
    const inputs = Tensor.empty<Shape>(device, size, "f32", "persistent");
    const labels: Tensor<Shape, "i32"> = Tensor.empty(
      device,
      [rows],
      "i32",
      "persistent",
    );
    const rowLength = elementsOf(rowShape);
    const shape = { ...sizes, batch: rows, divisor, rowLength };
    const turns = [0, 1].map((turn) =>
      capture(device, () => {
        const picked = this.#augmentation === null
          ? inputs
          : Tensor.empty<Shape>(device, size);
        const cursor = this.#cursors[turn];
        device.kernels.gatherBatch(
          this.#shards,
          this.#labels,
          this.#order,
          cursor,
          picked,
          labels,
          this.#cursors[1 - turn],
          shape,
        );
        this.#augmentation?.apply(picked, cursor, inputs);
      })
    );
    return { batch: [inputs, labels], turns };
  }
}

/** A batch's memory, and what fills it: for each cursor a recording. */
interface Picks {
  readonly batch: Batch;
  readonly turns: readonly Captured<[], void>[];
}

type Batches<T> = Generator<T, void, void>;
