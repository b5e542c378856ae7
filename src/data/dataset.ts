/**
 * Data sets: inputs of a model, and with each its target. Their rows lie in
 * arrays, or are given one by one.
 *
 * @module
 */

/**
 * The rows that a model gets.
 *
 * @category Data
 */
export interface DatasetInputs {
  /** All rows, one after another. Bytes stay bytes until a batch is made. */
  readonly data: Uint8Array | Float32Array;
  /** Shape of a row: `[channels, height, width]` for images. */
  readonly rowShape: readonly number[];
  /**
   * What values are divided by when a batch is made of them: 255 turns bytes
   * into 0…1, as torchvision's `ToTensor` does; 1 leaves them as they are.
   */
  readonly divisor: number;
}

/**
 * The target of each row: a label, or numbers to regress.
 *
 * @category Data
 */
export interface DatasetTargets {
  /**
   * All targets, one after another: integers from 0 to `classes − 1`, or f32
   * where there are no classes.
   */
  readonly data: Uint8Array | Int32Array | Float32Array;
  /** How many classes there are. Default: the targets are numbers. */
  readonly classes?: number;
  /** The names of the classes. Default: their numbers, from 0. */
  readonly classNames?: readonly string[];
  /** Shape of a row's target. Default `[]`, one number. */
  readonly rowShape?: readonly number[];
}

/**
 * A data set in the host's memory, which a loader uploads once.
 *
 * @category Data
 */
export interface ArrayDataset {
  /** Rows. */
  readonly length: number;
  /** The inputs of a model. */
  readonly inputs: DatasetInputs;
  /** The right predictions. */
  readonly targets: DatasetTargets;
}

/** Numbers of a row or of its target: an array, or a single number. */
export type ItemValues = number | ArrayLike<number>;

/**
 * A row and its target.
 *
 * @category Data
 */
export type DatasetItem = readonly [input: ItemValues, target: ItemValues];

/**
 * A data set of items by index, as PyTorch's `Dataset` with `__len__` and
 * `__getitem__`. A loader asks for the items of each batch when it makes it, so
 * that the data may be larger than memory. `get` is also the place for
 * transforms of single rows on the host.
 *
 * @example
 * ```ts
 * import { DataLoader, type ItemDataset, openDevice } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const squares: ItemDataset = {
 *   length: 5,
 *   rowShape: [1],
 *   targetShape: [1],
 *   get: (index) => [[index], [index * index]],
 * };
 * using device = await openDevice({ device: "cpu" });
 * using loader = new DataLoader(squares, { device, batchSize: 5 });
 * for await (const [_inputs, targets] of loader) {
 *   assertEquals(await targets.data(), new Float32Array([0, 1, 4, 9, 16]));
 * }
 * ```
 *
 * @category Data
 */
export interface ItemDataset {
  /** Items. */
  readonly length: number;
  /** Shape of every row: `[channels, height, width]` for images. */
  readonly rowShape: readonly number[];
  /** Shape of every target. Default `[]`, one number. */
  readonly targetShape?: readonly number[];
  /** How many classes labels have. Default: targets are f32 numbers. */
  readonly classes?: number;
  /** The names of the classes. Default: their numbers, from 0. */
  readonly classNames?: readonly string[];
  /** The divisor of inputs in a batch. Default 1; 255 for pixels of a byte. */
  readonly divisor?: number;
  /**
   * The item of an index from 0 to `length − 1`. Where it is a promise, those of
   * a batch are awaited together. Inputs in a `Uint8Array` are uploaded as
   * bytes; then all must be.
   */
  get(index: number): DatasetItem | Promise<DatasetItem>;
  /**
   * The same rows in arrays, or null where they are in none. A loader uploads
   * those once.
   */
  arrays?(): ArrayDataset | null;
}

/**
 * Anything that a `DataLoader` can make batches of.
 *
 * @category Data
 */
export type Dataset = ArrayDataset | ItemDataset;
