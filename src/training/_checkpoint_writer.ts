import { DataError, describe } from "../base/errors.ts";
import type { HostTensor } from "../formats/safetensors.ts";
import { writeChecked } from "../formats/write_weights.ts";
import { bestPath, type Checkpoint, writeCheckpoint } from "./checkpoint.ts";
import type { TrainOptions } from "./options.ts";

/** Writes checkpoints and the best weights, if the options name a file. */
export class CheckpointWriter {
  readonly #every: number;
  readonly #onCheckpoint: TrainOptions["onCheckpoint"];
  readonly #onError: TrainOptions["onCheckpointError"];
  readonly #path: string | undefined;
  #epochs = 0;

  /**
   * Makes a writer; nothing is written yet.
   *
   * @throws {RangeError} If `checkpointEvery` is no whole number of at least 1.
   */
  constructor(
    options: TrainOptions,
  ) {
    const { checkpoint, checkpointEvery = 1, onCheckpoint } = options;
    if (!Number.isSafeInteger(checkpointEvery) || checkpointEvery < 1) {
      throw new RangeError(describe({
        what: "train: checkpointEvery",
        expected: "a whole number of at least 1",
        got: String(checkpointEvery),
        help: "Leave it out for a checkpoint after every epoch.",
      }));
    }
    this.#every = checkpointEvery;
    this.#onCheckpoint = onCheckpoint;
    this.#onError = options.onCheckpointError;
    this.#path = checkpoint;
  }

  /** Whether the options name a file. */
  get isEnabled(): boolean {
    return this.#path !== undefined;
  }

  /** Completed epochs in the last checkpoint; 0 before the first. */
  get epochs(): number {
    return this.#epochs;
  }

  /** Whether a checkpoint is due after that many epochs. */
  isDue(epochs: number): boolean {
    return epochs % this.#every === 0;
  }

  /**
   * Writes a checkpoint.
   *
   * @param make Copies the training.
   * @param step Steps of the current epoch that are in it.
   */
  async write(make: () => Promise<Checkpoint>, step: number): Promise<void> {
    const path = this.#path;
    if (path === undefined) return;
    const checkpoint = await make();
    const isWritten = await this.#attempt(
      path,
      () => writeCheckpoint(path, checkpoint),
    );
    if (!isWritten) return;
    this.#epochs = checkpoint.history.length;
    await this.#onCheckpoint?.({ path, epoch: this.#epochs, step });
  }

  /** Writes the weights of the best epoch beside the checkpoint. */
  async writeBest(
    weights: ReadonlyMap<string, HostTensor>,
    metadata: Readonly<Record<string, string>>,
  ): Promise<void> {
    if (this.#path === undefined) return;
    const path = bestPath(this.#path);
    await this.#attempt(path, () => writeChecked(path, weights, metadata));
  }

  /** Whether a file was written; throws where nobody wants to hear that it was not. */
  async #attempt(
    path: string,
    write: () => Promise<void>,
  ): Promise<boolean> {
    try {
      await write();
      return true;
    } catch (error) {
      const onError = this.#onError;
      if (onError === undefined || !(error instanceof DataError)) throw error;
      await onError(error, path);
      return false;
    }
  }
}
