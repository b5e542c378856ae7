import { describe, ShapeError } from "../base/errors.ts";
import { isSameShape } from "../core/shape.ts";
import type { AnyTensor, Shape } from "../core/tensor.ts";

/** A size per axis: one number for both, or height and width. */
export type Pair = number | readonly [height: number, width: number];

/** Whether a value is an array; what else is no number is refused as one. */
export const isList: (value: unknown) => value is readonly unknown[] =
  Array.isArray;

/** Height and width of a pair. */
export function pair(value: Pair): readonly [height: number, width: number] {
  return isList(value) ? value : [value, value];
}

/** A shape as people read it. */
export function text(shape: Shape): string {
  return `[${shape.join(", ")}]`;
}

/** The error of shapes that do not fit an operation. */
export function shapeError(
  what: string,
  expected: string,
  got: string,
  help: string,
): ShapeError {
  return new ShapeError(describe({ what, expected, got, help }));
}

/** Throws unless the tensor has the number of dimensions that `layout` names. */
export function checkRank(
  operation: string,
  argument: string,
  shape: Shape,
  layout: readonly string[],
): void {
  if (shape.length === layout.length) return;
  throw shapeError(
    `${operation}: ${argument}`,
    `${layout.length} dimensions [${layout.join(", ")}]`,
    text(shape),
    "Reshape it, or add a batch dimension of 1.",
  );
}

/**
 * Throws unless the tensor has exactly this shape.
 *
 * @param other Name and shape of the tensor that it must fit, if there is one.
 */
export function checkShape(
  operation: string,
  argument: string,
  shape: Shape,
  expected: Shape,
  other?: readonly [name: string, shape: Shape],
): void {
  if (isSameShape(shape, expected)) return;
  const [name, beside] = other ?? [];
  throw shapeError(
    beside === undefined
      ? `${operation}: ${argument}`
      : `${operation}: ${name} ${text(beside)} and ${argument} ${text(shape)}`,
    beside === undefined
      ? `shape ${text(expected)}`
      : `${argument} of shape ${text(expected)}`,
    text(shape),
    "Shapes must fit each other, and a layer's channels or features those " +
      "of what comes before it.",
  );
}

/** Throws unless the tensor has this type of elements. Default f32. */
export function checkDType(
  operation: string,
  argument: string,
  tensor: AnyTensor,
  expected = "f32",
): void {
  const dtype = tensor?.dtype;
  if (dtype === expected) return;
  throw new TypeError(describe({
    what: `${operation}: ${argument}`,
    expected: `${expected} elements`,
    got: dtype ?? "what is no tensor",
    help: dtype === "i32"
      ? "`float()` makes f32 of i32."
      : "Make i32 tensors from an Int32Array, f32 ones from numbers.",
  }));
}

/** Throws unless the numbers are whole and at least `least`. */
export function checkWhole(
  operation: string,
  name: string,
  values: readonly number[],
  least: number,
): void {
  if (values.every((value) => Number.isInteger(value) && value >= least)) {
    return;
  }
  throw new RangeError(describe({
    what: `${operation}: ${name}`,
    expected: `whole numbers of at least ${least}`,
    got: values.join(" × "),
    help: `Give one ${name} for both axes, or [height, width].`,
  }));
}

/**
 * Throws unless a value is a number, and finite where it must be.
 *
 * @param what The argument, for the error.
 */
export function checkNumber(
  what: string,
  value: number,
  mustBeFinite = true,
): void {
  if (typeof value !== "number") {
    const isObject = typeof value === "object";
    throw new TypeError(describe({
      what,
      expected: "a number",
      got: isObject ? "an object" : JSON.stringify(value) ?? typeof value,
      help: isObject
        ? "Give it by its position, not by its name."
        : "Give a number.",
    }));
  }
  if (mustBeFinite ? Number.isFinite(value) : !Number.isNaN(value)) return;
  throw new RangeError(describe({
    what,
    expected: mustBeFinite ? "a finite number" : "a number that is not NaN",
    got: String(value),
    help: "See where it was worked out.",
  }));
}
