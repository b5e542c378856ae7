import type { DType, HostArray } from "../devices/device.ts";
import { describe, ShapeError } from "../base/errors.ts";
import type { Shape } from "./shape.ts";
import { hostArrays } from "../devices/host_arrays.ts";

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

/** A number, or an array of arrays of numbers, as deep as there are dimensions. */
export type NestedNumbers = number | readonly NestedNumbers[];

/** The element type that holds a host value. */
export type DTypeOf<V> = V extends Int32Array | Integers ? "i32"
  : V extends Uint8Array | Uint8ClampedArray ? "u8"
  : "f32";

/**
 * Values as an array of a device's elements. A device would take the bytes of
 * another array as they are.
 *
 * @param dtype Default: floats and numbers become f32, bytes u8, other integers
 * i32.
 * @throws {RangeError} If a value is no integer in the range of i32 or u8, where
 * it is to be one.
 * @throws {TypeError} If the values are neither numbers nor a typed array.
 */
export function hostArray(
  values: HostValues,
  dtype: DType = dtypeOf(values),
): HostArray {
  if (values instanceof hostArrays[dtype]) return values as HostArray;
  if (Array.isArray(values)) checkNumbers(values);
  if (dtype === "f32") {
    return typeof values[0] === "bigint"
      ? Float32Array.from(values as number[], Number)
      : new Float32Array(values as number[]);
  }
  const check = (value: number | bigint) => wholeNumber(value, dtype);
  return dtype === "i32"
    ? Int32Array.from(values as number[], check)
    : Uint8Array.from(values as number[], check);
}

const ranges = { i32: [-(2 ** 31), 2 ** 31 - 1], u8: [0, 255] } as const;

/** The element type that values have if none is asked for. */
function dtypeOf(values: HostValues): DType {
  if (Array.isArray(values)) return "f32";
  const name = Object.prototype.toString.call(values).slice(8, -1);
  if (/^Uint8(Clamped)?Array$/.test(name)) return "u8";
  if (/int(8|16|32|64)Array$/i.test(name)) return "i32";
  if (/^Float(16|32|64)Array$/.test(name)) return "f32";
  throw new TypeError(describe({
    what: "Tensor.from: values",
    expected: "numbers in arrays, or a typed array",
    got: name,
    help: "Give a Float32Array, Int32Array or Uint8Array.",
  }));
}

function wholeNumber(value: number | bigint, dtype: "i32" | "u8"): number {
  const number = Number(value);
  const [least, most] = ranges[dtype];
  if (Number.isInteger(number) && number >= least && number <= most) {
    return number;
  }
  throw new RangeError(describe({
    what: `Tensor.from: ${dtype} element`,
    expected: `a whole number from ${least} to ${most}`,
    got: String(value),
    help: "Give numbers or a Float32Array for an f32 tensor.",
  }));
}

/** Throws unless all are numbers. */
function checkNumbers(values: readonly unknown[]): void {
  const wrong = values.findIndex((value) => typeof value !== "number");
  if (wrong < 0) return;
  const value = values[wrong];
  throw new TypeError(describe({
    what: "Tensor.from: values",
    expected: "numbers",
    got: `${textOf(value)} at [${wrong}]`,
    help: Array.isArray(value)
      ? "Leave out the shape: nested arrays have theirs."
      : "Make numbers of all elements.",
  }));
}

/**
 * The elements of nested arrays, and their shape.
 *
 * @throws {ShapeError} If arrays of one depth differ in length, or one is empty.
 * @throws {TypeError} If an element is neither a number nor an array.
 */
export function flatValues(
  values: NestedNumbers,
): { values: number[]; shape: Shape } {
  const shape: number[] = [];
  for (let one = values; Array.isArray(one); one = one[0]) {
    shape.push(one.length);
  }
  const flat: number[] = [];
  const visit = (part: unknown, path: readonly number[]): void => {
    const size = shape[path.length];
    if (!Array.isArray(part)) {
      if (size === undefined && typeof part === "number") flat.push(part);
      else throw notNested(part, path, size);
    } else if (size === part.length && size > 0) {
      part.forEach((inner, index) => visit(inner, [...path, index]));
    } else throw notNested(part, path, size);
  };
  visit(values, []);
  return { values: flat, shape };
}

/** The elements as numbers in arrays, as deep as the shape. */
export function nestedValues(values: HostArray, shape: Shape): NestedNumbers {
  if (shape.length === 0) return values[0];
  let level: NestedNumbers[] = Array.from(values);
  for (const size of shape.slice(1).toReversed()) {
    const length = level.length / size;
    level = Array.from(
      { length },
      (_, index) => level.slice(index * size, (index + 1) * size),
    );
  }
  return level;
}

function notNested(
  part: unknown,
  path: readonly number[],
  size: number | undefined,
): Error {
  const isNumeric = Array.isArray(part) || typeof part === "number";
  const parts = {
    what: `Tensor.from: values${path.map((index) => `[${index}]`).join("")}`,
    expected: size === undefined
      ? "a number"
      : size === 0
      ? "an array of at least one element"
      : `an array of ${size}, as the first one there is`,
    got: Array.isArray(part) ? `an array of ${part.length}` : textOf(part),
    help: "Arrays of one depth have one length, and numbers in the end.",
  };
  return isNumeric
    ? new ShapeError(describe(parts))
    : new TypeError(describe(parts));
}

function textOf(value: unknown): string {
  if (typeof value !== "object" || value === null) {
    return typeof value === "number" ? "a number" : String(value);
  }
  return Object.prototype.toString.call(value).slice(8, -1);
}
