import { describe } from "../base/errors.ts";
import { block, printAsText } from "../base/printing.ts";
import type { Device } from "../devices/device.ts";
import { tidy } from "../core/scope.ts";
import { type Shape, Tensor } from "../core/tensor.ts";
import type { Compose } from "../transforms/mod.ts";
import { Augmentation } from "./_augmentation.ts";
import { BatchMaker } from "./_batch_maker.ts";
import { datasetText } from "./_dataset_text.ts";
import { type DataLoaderState, Epochs } from "./_epochs.ts";
import { ResidentRows } from "./_resident_rows.ts";
import { type Batch, RowGather } from "./_row_gather.ts";
import type { RowSource } from "./_row_source.ts";
import { StreamedRows } from "./_streamed_rows.ts";
import { arraysOf } from "./arrays.ts";
import type { Dataset, ItemDataset } from "./dataset.ts";
import { completeOptions, type DataLoaderOptions } from "./_loader_options.ts";
import { layoutOf } from "./layout.ts";

export type { Batch, DataLoaderOptions, DataLoaderState };

/**
 * Makes batches of a data set on the device. One in arrays is uploaded once, an
 * epoch's order once an epoch, and a kernel picks the rows. Of one that gives
 * items by index the items of a batch are uploaded when it is made, and while a
 * program works on it the next ones are fetched. Both make the same batches.
 *
 * With the same seed, orders are those of PyTorch's `DataLoader`. The tensors
 * of a batch are written anew by the next one, so that there is one loop over the
 * batches at a time.
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
 *
 * @category Data
 */
export class DataLoader implements Disposable {
  static readonly #text = /* @__PURE__ */ printAsText(this);

  /** Batches of an epoch. */
  readonly length: number;
  /** Rows of an epoch. */
  readonly rows: number;
  /** Rows of a full batch. */
  readonly batchSize: number;
  readonly #dataset: Dataset;
  readonly #device: Device;
  readonly #shuffle: boolean;
  readonly #transform: Compose | undefined;
  readonly #epochs: Epochs;
  readonly #source: RowSource;
  readonly #gather: RowGather;
  readonly #augmentation: Augmentation | null;
  readonly #batches: BatchMaker;
  /** Loops over the batches that have begun. */
  #loops = 0;

  /**
   * Checks and keeps the arguments.
   *
   * @param dataset The rows and their targets.
   * @param options Device, batch size, order.
   * @throws {ShapeError} If arrays have more or fewer rows than the data set.
   * @throws {RangeError} If the batch size is not a whole number, or images are
   * too small for the transform.
   * @throws {TypeError} If there is no such option, or a random transform is to
   * change what is no image.
   */
  constructor(dataset: Dataset, options: DataLoaderOptions = {}) {
    const { device, transform, ...order } = completeOptions(options);
    const { batchSize, shuffle } = order;
    this.#dataset = dataset;
    this.#device = device;
    this.#shuffle = shuffle;
    this.#transform = transform;
    const isRandom = transform?.isRandom ?? false;
    this.#epochs = new Epochs(dataset.length, { ...order, isRandom });
    this.batchSize = batchSize;
    this.length = this.#epochs.length;
    this.rows = this.#epochs.rows;
    this.#gather = new RowGather(device, layoutOf(dataset), transform);
    const arrays = arraysOf(dataset);
    this.#source = arrays === null
      ? new StreamedRows(device, dataset as ItemDataset, batchSize)
      : new ResidentRows(device, arrays);
    this.#augmentation = this.#createAugmentation();
    this.#batches = new BatchMaker(device, {
      source: this.#source,
      gather: this.#gather,
      augmentation: this.#augmentation,
      transform,
    });
  }

  /**
   * The batches of an epoch. Inside an `async` function prefer `for await`.
   *
   * @throws {TypeError} If the data set gives its items as promises, or another
   * loop has begun meanwhile.
   */
  *[Symbol.iterator](): Generator<Batch, void, void> {
    const first = this.#start();
    const loop = this.#loops;
    for (let row = first; row < this.rows; row += this.batchSize) {
      const count = this.#epochs.rowsFrom(row);
      const rows = this.#source.fetchNow(row, count);
      this.#source.place(rows, this.#batches.turn);
      yield this.#next(count, loop);
    }
  }

  /**
   * The batch with which the next epoch begins, to look at: PyTorch's
   * `next(iter(loader))`, but the loader's random numbers stay as they are, and
   * so does an epoch that is under way.
   *
   * @returns Tensors of the caller, which no later batch overwrites: inputs
   * `[N, …row shape]` and targets `[N, …target shape]`.
   * @throws {RangeError} If an epoch has no batch.
   * @throws {TypeError} If the data set gives its items as promises.
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
    const { generator, order } = this.#epochs.peek();
    const row = this.#epochs.firstRow;
    const count = this.#epochs.rowsFrom(row);
    const device = this.#device;
    return tidy(() => {
      using augmentation = this.#createAugmentation();
      if (generator !== null) augmentation?.startEpoch(generator);
      const cursor = Tensor.from(device, Int32Array.of(row));
      const next = Tensor.empty<Shape, "i32">(device, [1], "i32");
      const batch = this.#gather.empty(count, "pooled");
      const placed = this.#source.peek(order, row, count);
      this.#gather.run({ ...placed, augmentation, cursor, next }, batch);
      const [inputs, targets] = batch;
      return [this.#transform?.apply(inputs) ?? inputs, targets] as const;
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
    return this.#epochs.state;
  }

  set state(state: DataLoaderState) {
    this.#epochs.state = state;
  }

  /**
   * The batches of an epoch, no further ahead of the device than it can work
   * off in a moment. The items of the next batch are fetched meanwhile.
   *
   * @throws {DataError} If the data set fails to give an item; names its index.
   * @throws {TypeError} If another loop has begun meanwhile.
   */
  async *[Symbol.asyncIterator](): AsyncGenerator<Batch, void, void> {
    const source = this.#source;
    let earlier = Promise.resolve();
    let given = 0;
    let row = this.#start();
    const loop = this.#loops;
    let coming = this.#fetch(row);
    for (; row < this.rows; row += this.batchSize) {
      source.place(await coming, this.#batches.turn);
      coming = this.#fetch(row + this.batchSize);
      yield this.#next(this.#epochs.rowsFrom(row), loop);
      if (++given % source.batchesAhead !== 0) continue;
      await earlier;
      earlier = this.#device.settle();
      earlier.catch(() => {}); // Awaited above, unless the loop is left before.
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
    this.#batches[Symbol.dispose]();
    this.#augmentation?.[Symbol.dispose]();
    this.#source[Symbol.dispose]();
  }

  /** Starts an epoch; gives the row of its order with which it begins. */
  #start(): number {
    this.#loops++;
    const row = this.#epochs.firstRow;
    const { generator, order } = this.#epochs.start();
    this.#batches.start(row);
    this.#source.start(order);
    if (generator !== null) this.#augmentation?.startEpoch(generator);
    return row;
  }

  /** Fetches a batch; a failure is thrown when the batch is wanted. */
  #fetch(row: number): ReturnType<RowSource["fetch"]> {
    if (row >= this.rows) return Promise.resolve(null);
    const coming = this.#source.fetch(row, this.#epochs.rowsFrom(row));
    coming.catch(() => {});
    return coming;
  }

  /** The next batch of a loop, unless another has begun since. */
  #next(rows: number, loop: number): Batch {
    if (loop !== this.#loops) {
      throw new TypeError(describe({
        what: "DataLoader",
        expected: "one loop at a time",
        got: "another that began meanwhile",
        help: "Make a second loader.",
      }));
    }
    this.#epochs.count();
    return this.#batches.make(rows);
  }

  #createAugmentation(): Augmentation | null {
    const transform = this.#transform;
    if (!transform?.isRandom) return null;
    const { length } = this.#dataset;
    const { rowShape } = layoutOf(this.#dataset);
    return new Augmentation(this.#device, transform, rowShape, length);
  }
}
