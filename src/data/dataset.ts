/**
 * Data sets: rows of numbers with a label each, in the host's memory.
 *
 * @module
 */

/** The rows that a model gets. */
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

/** The label of each row. */
export interface DatasetTargets {
  /** One integer for each row, from 0 to `classes − 1`. */
  readonly data: Uint8Array | Int32Array;
  /** How many classes there are. */
  readonly classes: number;
}

/** Anything that a `DataLoader` can make batches of. */
export interface Dataset {
  /** Rows. */
  readonly length: number;
  /** The inputs of a model. */
  readonly inputs: DatasetInputs;
  /** The labels: the right predictions. */
  readonly targets: DatasetTargets;
}
