import { elementsOf, type Shape } from "../core/tensor.ts";
import type { RowsShape } from "../../kernels/lib/rows.ts";

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
