import { capture, type Captured } from "../core/capture.ts";
import type { Tensor } from "../core/tensor.ts";
import type { Device } from "../devices/device.ts";
import type { Compose } from "../transforms/mod.ts";
import type { Augmentation } from "./_augmentation.ts";
import type { Batch, RowGather, RowNumbers } from "./_row_gather.ts";
import type { RowSource } from "./_row_source.ts";
import { upload } from "./_upload.ts";

/** The parts of a loader that make its batches. */
export interface BatchParts {
  readonly source: RowSource;
  readonly gather: RowGather;
  readonly augmentation: Augmentation | null;
  readonly transform: Compose | undefined;
}

/** A batch's memory, and what fills it: for each cursor a recording. */
interface Picks {
  readonly batch: Batch;
  readonly turns: readonly Captured<[], void>[];
  /** The transforms of the program's own, where there are some. */
  readonly finish: Captured<[], Tensor> | null;
}

/** Makes the batches of an epoch by recordings, one after another. */
export class BatchMaker implements Disposable {
  readonly #device: Device;
  readonly #parts: BatchParts;
  /** Where a batch starts, in turns: it tells the other where the next one does. */
  readonly #cursors: readonly RowNumbers[];
  readonly #picks = new Map<number, Picks>();
  #turn = 0;

  constructor(device: Device, parts: BatchParts) {
    this.#device = device;
    this.#parts = parts;
    this.#cursors = [0, 0].map((row) => upload(device, Int32Array.of(row)));
  }

  /** Which of the cursors, and of the source's places, is the next batch's. */
  get turn(): number {
    return this.#turn;
  }

  /** Goes to a row of the epoch. */
  start(row: number): void {
    this.#turn = 0;
    this.#device.write(this.#cursors[0].buffer, Int32Array.of(row));
  }

  /** The next batch, of so many rows. */
  make(rows: number): Batch {
    const picks = this.#picks.get(rows) ?? this.#prepare(rows);
    this.#picks.set(rows, picks);
    picks.turns[this.#turn]();
    this.#turn = 1 - this.#turn;
    if (picks.finish === null) return picks.batch;
    return [picks.finish(), picks.batch[1]];
  }

  /** Frees the memory. */
  [Symbol.dispose](): void {
    for (const { batch, finish, turns } of this.#picks.values()) {
      for (const part of [...turns, ...batch]) part[Symbol.dispose]();
      finish?.[Symbol.dispose]();
    }
    this.#picks.clear();
    for (const cursor of this.#cursors) cursor[Symbol.dispose]();
  }

  #prepare(rows: number): Picks {
    const device = this.#device;
    const { augmentation, gather, source, transform } = this.#parts;
    const batch = gather.empty(rows, "persistent");
    const turns = [0, 1].map((turn) => {
      const [cursor, next] = [this.#cursors[turn], this.#cursors[1 - turn]];
      return capture(device, () => {
        const picking = { ...source.at(turn), augmentation, cursor, next };
        gather.run(picking, batch);
      });
    });
    const [inputs] = batch;
    const finish = transform?.hasFunctions
      ? capture(device, () => transform.apply(inputs))
      : null;
    return { batch, turns, finish };
  }
}
