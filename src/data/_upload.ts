import type { Device, HostArray } from "../devices/device.ts";
import { dtypeOf } from "../devices/host_arrays.ts";
import { elementsOf, type Shape, Tensor } from "../core/tensor.ts";
import type { ArrayDataset } from "./dataset.ts";
import { checkRows, layoutOf } from "./layout.ts";

/** Rows on a device, as the kernel reads them. */
export interface DeviceRows {
  /** The inputs, in up to four tensors. */
  readonly shards: readonly Tensor<Shape, "u8" | "f32">[];
  /** Rows in every shard but the last. */
  readonly rowsPerShard: number;
  /** The targets, in one. */
  readonly targets: Tensor<Shape, "i32" | "f32">;
}

/** Above this a buffer fails on some GPUs; below it, data sets go whole. */
const shardBytes = 32 * 2 ** 20;

/** The kernel that picks rows takes so many shards. */
const shardLimit = 4;

/** A tensor with these values, which lives until it is disposed of. */
export function upload<V extends HostArray>(device: Device, values: V) {
  const size = [values.length];
  const tensor = Tensor.empty(device, size, dtypeOf(values), "persistent");
  device.write(tensor.buffer, values);
  // deno-lint-ignore no-explicit-any -- the branches above decide the type
  return tensor as any;
}

/** A data set on a device, in as many tensors as it needs. */
export function uploadRows(
  device: Device,
  dataset: ArrayDataset,
): DeviceRows {
  const { inputs: { data }, length, targets } = dataset;
  const layout = layoutOf(dataset);
  checkRows("data set", layout, data.length, targets.data.length, length);
  const rowLength = elementsOf(layout.rowShape);
  const rowBytes = rowLength * data.BYTES_PER_ELEMENT;
  const rowsPerShard = Math.max(
    Math.floor(shardBytes / rowBytes),
    Math.ceil(length / shardLimit),
  );
  const shards: Tensor<Shape, "u8" | "f32">[] = [];
  for (let row = 0; row < length; row += rowsPerShard) {
    const end = Math.min(length, row + rowsPerShard);
    shards.push(
      upload(device, data.subarray(row * rowLength, end * rowLength)),
    );
  }
  const Numbers = layout.classes === undefined ? Float32Array : Int32Array;
  return {
    shards,
    rowsPerShard,
    targets: upload(device, Numbers.from(targets.data)),
  };
}

/** Frees the memory of rows. */
export function disposeRows({ shards, targets }: DeviceRows): void {
  for (const tensor of [...shards, targets]) tensor[Symbol.dispose]();
}
