import type { Device, HostArray } from "../devices/device.ts";
import { elementsOf, type Shape, Tensor } from "../core/tensor.ts";
import type { Dataset } from "./dataset.ts";

/** Above this a buffer fails on some GPUs; below it, data sets go whole. */
const shardBytes = 32 * 2 ** 20;

/** The kernel that picks rows takes so many shards. */
const shardLimit = 4;

/** A tensor with these values, which lives until it is disposed of. */
export function upload<V extends HostArray>(device: Device, values: V) {
  const dtype = values instanceof Int32Array
    ? "i32"
    : values instanceof Uint8Array
    ? "u8"
    : "f32";
  const tensor = Tensor.empty(device, [values.length], dtype, "persistent");
  device.write(tensor.buffer, values);
  // deno-lint-ignore no-explicit-any -- the branches above decide the type
  return tensor as any;
}

/** The rows of a data set, in as many tensors as the device needs. */
export function uploadRows(device: Device, { inputs, length }: Dataset) {
  const { data, rowShape } = inputs;
  const rowLength = elementsOf(rowShape);
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
  return { shards, rowsPerShard };
}
