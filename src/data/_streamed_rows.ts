import type { Device } from "../devices/device.ts";
import { elementsOf, Tensor } from "../core/tensor.ts";
import {
  collate,
  type FetchedItems,
  fetchItems,
  fetchItemsNow,
  type HostRows,
  isBytes,
  partsOf,
} from "./_collate.ts";
import type { RowNumbers } from "./_row_gather.ts";
import type { PlacedRows, RowSource } from "./_row_source.ts";
import { type DeviceRows, disposeRows, upload } from "./_upload.ts";
import type { ItemDataset } from "./dataset.ts";
import { type Layout, layoutOf } from "./layout.ts";

/** Bytes of batches between two looks at the device, which has copies of all. */
const bytesAhead = 32 * 2 ** 20;

/**
 * A data set whose items are uploaded batch by batch, into two buffers in turn.
 */
export class StreamedRows implements RowSource {
  readonly batchesAhead: number;
  readonly #device: Device;
  readonly #dataset: ItemDataset;
  readonly #layout: Layout;
  readonly #batchSize: number;
  /** Places of the epoch to rows of a buffer, which start anew in every batch. */
  readonly #places: RowNumbers;
  readonly #buffers: DeviceRows[] = [];
  #order: Int32Array | null = null;
  #areBytes: boolean | null = null;

  constructor(device: Device, dataset: ItemDataset, batchSize: number) {
    this.#device = device;
    this.#dataset = dataset;
    this.#layout = layoutOf(dataset);
    this.#batchSize = batchSize;
    const { length } = dataset;
    const places = Int32Array.from({ length }, (_, i) => i % batchSize);
    this.#places = upload(device, places);
    const bytes = 4 * batchSize * elementsOf(this.#layout.rowShape);
    const fitting = Math.floor(bytesAhead / bytes);
    this.batchesAhead = Math.min(Math.max(fitting, 2), 64);
  }

  start(order: Int32Array | null): void {
    this.#order = order;
  }

  async fetch(start: number, count: number): Promise<HostRows> {
    const indices = indicesOf(this.#order, start, count);
    return this.#collate(await fetchItems(this.#dataset, indices));
  }

  fetchNow(start: number, count: number): HostRows {
    const indices = indicesOf(this.#order, start, count);
    return this.#collate(fetchItemsNow(this.#dataset, indices));
  }

  place({ inputs, targets }: HostRows, turn: number): void {
    const device = this.#device;
    const buffer = this.#bufferOf(turn);
    device.write(buffer.shards[0].buffer, inputs);
    device.write(buffer.targets.buffer, targets);
  }

  at(turn: number): PlacedRows {
    return { rows: this.#bufferOf(turn), order: this.#places };
  }

  peek(order: Int32Array | null, start: number, count: number): PlacedRows {
    const indices = indicesOf(order, start, count);
    const fetched = fetchItemsNow(this.#dataset, indices);
    const { inputs, targets } = this.#collate(fetched);
    const device = this.#device;
    const rows = {
      shards: [Tensor.from(device, inputs)],
      targets: Tensor.from(device, targets),
      rowsPerShard: count,
    };
    return { rows, order: this.#places };
  }

  [Symbol.dispose](): void {
    for (const buffer of this.#buffers) disposeRows(buffer);
    this.#buffers.length = 0;
    this.#places[Symbol.dispose]();
  }

  #collate(fetched: FetchedItems): HostRows {
    const [first] = partsOf(fetched.items[0], fetched.indices[0]);
    this.#areBytes ??= isBytes(first);
    return collate(fetched, this.#layout, this.#areBytes);
  }

  #bufferOf(turn: number): DeviceRows {
    const { classes, rowShape, targetShape } = this.#layout;
    const size = this.#batchSize;
    const empty = (length: number, dtype: "u8" | "f32" | "i32") =>
      Tensor.empty(this.#device, [size * length], dtype, "persistent");
    return this.#buffers[turn] ??= {
      shards: [
        empty(elementsOf(rowShape), this.#areBytes ? "u8" : "f32") as Tensor,
      ],
      targets: empty(
        elementsOf(targetShape),
        classes === undefined ? "f32" : "i32",
      ) as Tensor,
      rowsPerShard: size,
    };
  }
}

/** The indices of a batch's items, from a place of the epoch on. */
function indicesOf(
  order: Int32Array | null,
  start: number,
  count: number,
): number[] {
  return Array.from(
    { length: count },
    (_, i) => order === null ? start + i : order[start + i],
  );
}
