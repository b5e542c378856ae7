import { describe } from "../base/errors.ts";
import { RandomGenerator } from "../core/random.ts";

/**
 * Where a loader is.
 *
 * @category Data
 */
export interface DataLoaderState {
  /** The generator's state before it draws the epoch's order. */
  generator: Uint32Array;
  /** Batches of that epoch that were given out. */
  batch: number;
}

/** What is random in an epoch. */
export interface EpochDraws {
  /** The order of the rows; null is as they lie. */
  readonly order: Int32Array | null;
  /** Draws the random transforms; null where there are none. */
  readonly generator: RandomGenerator | null;
}

/** How the epochs of a loader are. */
export interface EpochOptions {
  readonly batchSize: number;
  readonly dropLast: boolean;
  readonly shuffle: boolean;
  /** Whether transforms draw random numbers. */
  readonly isRandom: boolean;
  readonly generator: RandomGenerator;
}

/** The epochs of a loader: their length, their random draws, and the state. */
export class Epochs {
  /** Batches of an epoch. */
  readonly length: number;
  /** Rows of an epoch. */
  readonly rows: number;
  readonly #size: number;
  readonly #options: EpochOptions;
  readonly #generator: RandomGenerator;
  #state: DataLoaderState;
  /** Batches that the next epoch leaves out, since they were given before. */
  #skip = 0;

  /**
   * Counts the batches; draws nothing yet.
   *
   * @param size Rows of the data set.
   */
  constructor(size: number, options: EpochOptions) {
    const { batchSize, dropLast, generator } = options;
    this.#size = size;
    this.#options = options;
    this.#generator = generator;
    this.#state = { generator: generator.state, batch: 0 };
    const full = Math.floor(size / batchSize);
    const left = dropLast ? 0 : size % batchSize;
    this.length = full + (left > 0 ? 1 : 0);
    this.rows = full * batchSize + left;
  }

  /** The first row, in the order of the epoch, of the next epoch. */
  get firstRow(): number {
    return this.#skip * this.#options.batchSize;
  }

  /** Starts an epoch. */
  start(): EpochDraws {
    this.#state = { generator: this.#generator.state, batch: this.#skip };
    this.#skip = 0;
    return this.#draw(this.#generator);
  }

  /** The draws of the next epoch, of which the loader's generator knows nothing. */
  peek(): EpochDraws {
    const generator = new RandomGenerator(0);
    generator.state = this.#generator.state;
    return this.#draw(generator);
  }

  /** Counts a batch that is given out. */
  count(): void {
    this.#state.batch++;
  }

  /** Rows of the batch that begins at a row of the epoch. */
  rowsFrom(row: number): number {
    return Math.min(this.#options.batchSize, this.rows - row);
  }

  /**
   * Where the loader is.
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

  /** Draws the order and, after it, a generator for the transforms. */
  #draw(generator: RandomGenerator): EpochDraws {
    const { isRandom, shuffle } = this.#options;
    // PyTorch draws a seed for its worker processes before that of the order,
    // without one too.
    generator.fork();
    const order = shuffle ? generator.fork().permutation(this.#size) : null;
    return { order, generator: isRandom ? generator.fork() : null };
  }
}
