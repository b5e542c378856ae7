import type { DType, HostArray } from "./device.ts";

/** The constructors of the arrays that hold a device's elements on the host. */
export const hostArrays = {
  f32: Float32Array,
  i32: Int32Array,
  u8: Uint8Array,
};

/** The type of the elements in an array. */
export function dtypeOf(values: HostArray): DType {
  if (values instanceof Float32Array) return "f32";
  return values instanceof Int32Array ? "i32" : "u8";
}
