import { type AnyTensor, type Shape, Tensor } from "../core/tensor.ts";
import type { Device } from "../devices/device.ts";

/** The most constants that a device keeps. */
const most = 256;

const constants = new WeakMap<Device, Map<string, AnyTensor>>();

/**
 * A few words of the host on a device: a number that is an operand, sizes and
 * strides. A kernel reads them from a buffer and has no constant for them, which
 * would be a pipeline for each value. Writing the buffer ends the command
 * buffer that is being filled, so a device keeps those that were used last, and a
 * loop uploads them once. What is recorded has its own, for as long as it lives.
 */
export function constantOf(device: Device, values: Float32Array): Tensor;
/** The same of whole numbers. */
export function constantOf(
  device: Device,
  values: Int32Array,
): Tensor<Shape, "i32">;
export function constantOf(
  device: Device,
  values: Float32Array | Int32Array,
): AnyTensor {
  // A number has no axes, so that what it is broadcast with keeps its own.
  const shape = values.length > 1 ? [values.length] : [];
  if (device.recording) return Tensor.from(device, values, shape);
  const dtype = values instanceof Float32Array ? "f32" : "i32";
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const key = `${dtype} ${bits.join()}`;
  const kept = constants.get(device) ?? new Map<string, AnyTensor>();
  constants.set(device, kept);
  let constant = kept.get(key);
  if (constant === undefined) {
    constant = Tensor.empty(device, shape, dtype, "persistent");
    device.write(constant.buffer, values);
  }
  // A map is in the order of insertion: what was used last is the last.
  kept.delete(key);
  kept.set(key, constant);
  if (kept.size > most) {
    // A tape may still use it: the collector frees it.
    const [oldest] = kept.keys();
    kept.delete(oldest);
  }
  return constant;
}
