import type { HostArray } from "../devices/device.ts";
import { describe } from "../base/errors.ts";

/** Typed arrays of other elements than a device's, which become i32. */
export type Integers =
  | Int8Array
  | Int16Array
  | Uint16Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;

/** Values for a tensor: numbers or a typed array. */
export type HostValues =
  | HostArray
  | readonly number[]
  | Float16Array
  | Float64Array
  | Uint8ClampedArray
  | Integers;

/**
 * Values as an array of a device's elements: floats become f32, bytes u8, other
 * integers i32. A device would take the bytes of another array as they are.
 *
 * @throws {RangeError} If an integer is not in i32's range.
 * @throws {TypeError} If the values are neither numbers nor a typed array.
 */
export function hostArray(values: HostValues): HostArray {
  if (values instanceof Float32Array || values instanceof Int32Array) {
    return values;
  }
  if (values instanceof Uint8Array) return values;
  if (values instanceof Uint8ClampedArray) return new Uint8Array(values);
  if (Array.isArray(values)) return new Float32Array(values);
  if (/^Float(16|64)Array$/.test(nameOf(values))) {
    return Float32Array.from(values as Float64Array);
  }
  if (/int(8|16|32|64)Array$/i.test(nameOf(values))) {
    return Int32Array.from(values as ArrayLike<number>, toInt32);
  }
  throw new TypeError(describe({
    what: "Tensor.from: values",
    expected: "an array of numbers or a typed array",
    got: nameOf(values),
    help: "Give a Float32Array, Int32Array or Uint8Array.",
  }));
}

function nameOf(values: unknown): string {
  return Object.prototype.toString.call(values).slice(8, -1);
}

function toInt32(value: number | bigint): number {
  const number = Number(value);
  if ((number | 0) === number) return number;
  throw new RangeError(describe({
    what: "Tensor.from: integer",
    expected: "a value from -2147483648 to 2147483647",
    got: String(value),
    help: "Elements are of 32 bits; give a Float32Array for larger values.",
  }));
}
