import type { HostRows } from "./_collate.ts";
import type { RowNumbers } from "./_row_gather.ts";
import type { DeviceRows } from "./_upload.ts";

/** Rows on a device, and the numbers by which an epoch's order names them. */
export interface PlacedRows {
  readonly rows: DeviceRows;
  readonly order: RowNumbers;
}

/**
 * The way of a data set's rows to a device. Batches are made in two turns: a
 * batch is picked from the places of one while those of the other are filled.
 */
export interface RowSource extends Disposable {
  /** Batches that may be given out before the device has worked off others. */
  readonly batchesAhead: number;

  /** Starts an epoch in this order; null is the order of the rows. */
  start(order: Int32Array | null): void;

  /** Collects the rows of a batch on the host, from a place of the epoch on. */
  fetch(start: number, count: number): Promise<HostRows | null>;

  /**
   * The same at once.
   *
   * @throws {TypeError} If the data set gives promises.
   */
  fetchNow(start: number, count: number): HostRows | null;

  /** Brings the rows of a batch to the places of its turn. */
  place(rows: HostRows | null, turn: number): void;

  /** The places of a turn. */
  at(turn: number): PlacedRows;

  /**
   * The rows of one batch of an epoch in this order, in places of its own, which
   * the scope frees.
   */
  peek(order: Int32Array | null, start: number, count: number): PlacedRows;
}
