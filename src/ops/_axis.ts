import { elementsOf, type Shape } from "../core/tensor.ts";
import { describe } from "../base/errors.ts";
import type { RowsShape } from "../../kernels/lib/rows.ts";
import { text } from "./check.ts";

/**
 * An axis as an index from 0.
 *
 * @throws {RangeError} If there is no such axis.
 */
export function axisOf(operation: string, shape: Shape, dim: number): number {
  const rank = shape.length;
  if (Number.isInteger(dim) && dim >= -rank && dim < rank) {
    return dim < 0 ? dim + rank : dim;
  }
  throw new RangeError(describe({
    what: `${operation}: dim`,
    expected: `an axis of ${text(shape)}, from ${-rank} to ${rank - 1}`,
    got: String(dim),
    help: "Negative axes count from the last, which is -1.",
  }));
}

/** The rows of a shape along an axis. */
export function rowsAlong(shape: Shape, axis: number): RowsShape {
  return { size: shape[axis], inner: elementsOf(shape.slice(axis + 1)) };
}

/** The shape without an axis, or with size 1 there. */
export function withoutAxis(
  shape: Shape,
  axis: number,
  keepdim: boolean,
): Shape {
  if (keepdim) return shape.with(axis, 1);
  return shape.length === 1 ? [1] : shape.toSpliced(axis, 1);
}
