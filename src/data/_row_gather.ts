import { gatherBatch } from "../../kernels/gather/gather.ts";
import type { Device } from "../devices/device.ts";
import { elementsOf, type Labels, type Shape, Tensor } from "../core/tensor.ts";
import type { Compose } from "../transforms/mod.ts";
import type { Augmentation } from "./_augmentation.ts";
import { upload, uploadRows } from "./_upload.ts";
import type { Dataset } from "./dataset.ts";

/** A batch: inputs `[N, …row shape]` and labels `[N]`. */
export type Batch = readonly [inputs: Tensor, labels: Labels];

/** A tensor of row numbers. */
export type Rows = Tensor<Shape, "i32">;

/** Which rows a batch has, and what happens to them. */
export interface Source {
  /** The rows of the data set in the order of the epoch. */
  readonly order: Rows;
  /** Where in that order the batch starts: `[1]`. */
  readonly cursor: Rows;
  /** Is told where the batch after it starts: `[1]`. */
  readonly next: Rows;
  /** The epoch's random transforms, or null where there are none. */
  readonly augmentation: Augmentation | null;
}

/** A data set on a device, and the kernel that makes batches of its rows. */
export class RowGather implements Disposable {
  readonly #device: Device;
  readonly #dataset: Dataset;
  readonly #shards: readonly Tensor<Shape, "u8" | "f32">[];
  readonly #labels: Rows;
  readonly #sizes: { mean: number; std: number; rowsPerShard: number };

  /** Uploads the data set. */
  constructor(device: Device, dataset: Dataset, transform?: Compose) {
    this.#device = device;
    this.#dataset = dataset;
    const { shards, rowsPerShard } = uploadRows(device, dataset);
    this.#shards = shards;
    this.#labels = upload(device, Int32Array.from(dataset.targets.data));
    // Random transforms come before the normalisation, and do it themselves.
    const { mean = 0, std = 1 } = transform?.isRandom ? {} : transform ?? {};
    this.#sizes = { mean, std, rowsPerShard };
  }

  /** Memory for a batch of so many rows. */
  empty(rows: number, lifetime: "pooled" | "persistent"): Batch {
    const device = this.#device;
    const shape: Shape = [rows, ...this.#dataset.inputs.rowShape];
    return [
      Tensor.empty(device, shape, "f32", lifetime),
      Tensor.empty<Shape, "i32">(device, [rows], "i32", lifetime),
    ];
  }

  /** Fills a batch with the rows from the cursor on. */
  run({ augmentation, cursor, next, order }: Source, batch: Batch): void {
    const device = this.#device;
    const [inputs, labels] = batch;
    const { divisor, rowShape } = this.#dataset.inputs;
    const picked = augmentation === null
      ? inputs
      : Tensor.empty(device, inputs.shape);
    const [shard0, shard1 = null, shard2 = null, shard3 = null] = this.#shards;
    device.run(gatherBatch, {
      ...{ shard0, shard1, shard2, shard3 },
      source: this.#labels,
      indices: order,
      cursor,
      output: picked,
      targets: labels,
      next,
    }, {
      ...this.#sizes,
      batch: labels.length,
      divisor,
      rowLength: elementsOf(rowShape),
      targetLength: 1,
    });
    augmentation?.apply(picked, cursor, inputs);
  }

  /** Frees the data set's memory on the device. */
  [Symbol.dispose](): void {
    for (const shard of this.#shards) shard[Symbol.dispose]();
    this.#labels[Symbol.dispose]();
  }
}
