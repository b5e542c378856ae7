import type { Device } from "../devices/device.ts";
import { Tensor } from "../core/tensor.ts";
import type { RowNumbers } from "./_row_gather.ts";
import type { PlacedRows, RowSource } from "./_row_source.ts";
import { type DeviceRows, disposeRows, upload, uploadRows } from "./_upload.ts";
import type { ArrayDataset } from "./dataset.ts";

/** A data set that is uploaded once; of an epoch only the order is. */
export class ResidentRows implements RowSource {
  /**
   * So that work does not pile up. A look at the device takes Deno 11 ms at
   * least, in which a fast GPU works off some 50 batches.
   */
  readonly batchesAhead = 64;
  readonly #device: Device;
  readonly #rows: DeviceRows;
  readonly #order: RowNumbers;

  /** Uploads the data set. */
  constructor(device: Device, dataset: ArrayDataset) {
    this.#device = device;
    this.#rows = uploadRows(device, dataset);
    const { length } = dataset;
    this.#order = upload(device, Int32Array.from({ length }, (_, i) => i));
  }

  start(order: Int32Array | null): void {
    if (order !== null) this.#device.write(this.#order.buffer, order);
  }

  fetch(): Promise<null> {
    return Promise.resolve(null);
  }

  fetchNow(): null {
    return null;
  }

  place(): void {}

  at(): PlacedRows {
    return { rows: this.#rows, order: this.#order };
  }

  peek(order: Int32Array | null): PlacedRows {
    if (order === null) return this.at();
    return {
      rows: this.#rows,
      order: Tensor.from(this.#device, order),
    };
  }

  [Symbol.dispose](): void {
    disposeRows(this.#rows);
    this.#order[Symbol.dispose]();
  }
}
