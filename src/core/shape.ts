import { describe, ShapeError } from "../base/errors.ts";

/**
 * Sizes of the dimensions, outermost first.
 *
 * @category Tensors
 */
export type Shape = readonly number[];

/** Elements of a shape. */
export function elementsOf(shape: Shape): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** Whether two shapes are equal. */
export function isSameShape(one: Shape, other: Shape): boolean {
  return one.length === other.length &&
    one.every((size, axis) => size === other[axis]);
}

/**
 * Refuses what is no shape: a tensor's dimensions are positive whole numbers.
 *
 * @throws {ShapeError} If the value is not an array of such numbers.
 */
export function checkShape(what: string, shape: Shape): void {
  if (Array.isArray(shape) && shape.every(isSize)) return;
  throw new ShapeError(describe({
    what: `shape of ${what}`,
    expected: "an array of positive whole numbers",
    got: printed(shape),
    help: "Give the size of each dimension, outermost first: [2, 3].",
  }));
}

/**
 * The shape that `reshape` makes of another.
 *
 * @param from The shape before.
 * @param to The shape after; one dimension may be −1, for what is left.
 * @throws {ShapeError} If `to` is no such array, or of another number of
 * elements.
 */
export function reshaped(from: Shape, to: Shape): Shape {
  const length = elementsOf(from);
  const given = Array.isArray(to) ? to : [NaN];
  const known = elementsOf(given.filter((size) => size !== -1));
  const filled = given.map((size) => size === -1 ? length / known : size);
  const unknown = given.filter((size) => size === -1).length;
  if (
    unknown <= 1 && filled.every(isSize) && elementsOf(filled) === length
  ) return filled;
  throw new ShapeError(describe({
    what: `reshape of ${printed(from)}`,
    expected: `a shape of ${length} elements`,
    got: printed(to),
    help: Array.isArray(to)
      ? "The product of the dimensions must stay; one may be -1."
      : "Give the size of each dimension, outermost first: [2, 3].",
  }));
}

/**
 * An axis as an index from 0.
 *
 * @param added Axes that the output has beyond those of `shape`. Default 0.
 * @throws {RangeError} If there is no such axis.
 */
export function axisOf(
  operation: string,
  shape: Shape,
  dim: number,
  added = 0,
): number {
  const rank = shape.length + added;
  if (Number.isInteger(dim) && dim >= -rank && dim < rank) {
    return dim < 0 ? dim + rank : dim;
  }
  const which = added === 0 ? "an axis of" : "a place for an axis in";
  const range = rank === 0
    ? "of which there is none"
    : `from ${-rank} to ${rank - 1}`;
  throw new RangeError(describe({
    what: `${operation}: dim`,
    expected: `${which} ${printed(shape)}, ${range}`,
    got: String(dim),
    help: "Negative axes count from the last, which is -1.",
  }));
}

/**
 * A shape with the axes from one to another made one.
 *
 * @throws {RangeError} If there is no such axis, or the first comes after the
 * last.
 */
export function flattened(
  shape: Shape,
  startDim: number,
  endDim: number,
): Shape {
  if (shape.length === 0) return [1];
  const start = axisOf("flatten", shape, startDim);
  const end = axisOf("flatten", shape, endDim);
  if (start <= end) {
    const size = elementsOf(shape.slice(start, end + 1));
    return shape.toSpliced(start, end + 1 - start, size);
  }
  throw new RangeError(describe({
    what: `flatten of ${printed(shape)}`,
    expected: "startDim ≤ endDim",
    got: `${startDim}, ${endDim}`,
    help: "Exchange both.",
  }));
}

function printed(shape: unknown): string {
  return Array.isArray(shape) ? `[${shape.join(", ")}]` : String(shape);
}

function isSize(size: number): boolean {
  return Number.isSafeInteger(size) && size > 0;
}
