import { gatherBatch } from "../../kernels/gather/gather.ts";
import type { Device } from "../devices/device.ts";
import { elementsOf, type Shape, Tensor } from "../core/tensor.ts";
import type { Compose } from "../transforms/mod.ts";
import type { Augmentation } from "./_augmentation.ts";
import type { DeviceRows } from "./_upload.ts";
import type { Layout } from "./layout.ts";

/**
 * A batch: inputs `[N, …row shape]` and targets `[N, …target shape]`, i32 where
 * they are labels, else f32.
 *
 * @category Data
 */
// deno-lint-ignore no-explicit-any -- the data set decides the type
export type Batch = readonly [inputs: Tensor, targets: Tensor<Shape, any>];

/** A tensor of row numbers. */
export type RowNumbers = Tensor<Shape, "i32">;

/** Which rows a batch has, and what happens to them. */
export interface Picking {
  /** Where the rows are. */
  readonly rows: DeviceRows;
  /** The numbers of those rows in the order of the epoch. */
  readonly order: RowNumbers;
  /** Where in that order the batch starts: `[1]`. */
  readonly cursor: RowNumbers;
  /** Is told where the batch after it starts: `[1]`. */
  readonly next: RowNumbers;
  /** The epoch's random transforms, or null where there are none. */
  readonly augmentation: Augmentation | null;
}

/** The kernel that makes batches of rows of one layout. */
export class RowGather {
  readonly #device: Device;
  readonly #layout: Layout;
  readonly #normalisation: { mean: number; std: number };

  constructor(device: Device, layout: Layout, transform?: Compose) {
    this.#device = device;
    this.#layout = layout;
    // Random transforms come before the normalisation, and do it themselves.
    const { mean = 0, std = 1 } = transform?.isRandom ? {} : transform ?? {};
    this.#normalisation = { mean, std };
  }

  /** Memory for a batch of so many rows. */
  empty(rows: number, lifetime: "pooled" | "persistent"): Batch {
    const device = this.#device;
    const { classes, rowShape, targetShape } = this.#layout;
    const inputs: Shape = [rows, ...rowShape];
    const targets: Shape = [rows, ...targetShape];
    const dtype = classes === undefined ? "f32" : "i32";
    return [
      Tensor.empty(device, inputs, "f32", lifetime),
      Tensor.empty(device, targets, dtype, lifetime),
    ];
  }

  /** Fills a batch with the rows from the cursor on. */
  run(
    { augmentation, cursor, next, order, rows }: Picking,
    [inputs, targets]: Batch,
  ): void {
    const device = this.#device;
    const { divisor, rowShape, targetShape } = this.#layout;
    const picked = augmentation === null
      ? inputs
      : Tensor.empty(device, inputs.shape);
    const [shard0, shard1 = null, shard2 = null, shard3 = null] = rows.shards;
    device.run(gatherBatch, {
      ...{ shard0, shard1, shard2, shard3 },
      source: rows.targets,
      indices: order,
      cursor,
      output: picked,
      targets,
      next,
    }, {
      ...this.#normalisation,
      batch: inputs.shape[0],
      divisor,
      rowLength: elementsOf(rowShape),
      rowsPerShard: rows.rowsPerShard,
      targetLength: elementsOf(targetShape),
    });
    augmentation?.apply(picked, cursor, inputs);
  }
}
