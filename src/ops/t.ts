import type { Shape, Tensor } from "../core/tensor.ts";
import type { DType } from "../devices/device.ts";
import { shapeError, text } from "./check.ts";
import { transpose } from "./transpose.ts";

/**
 * A matrix with rows and columns exchanged, copied; what has one dimension or
 * none stays the tensor that it is.
 *
 * @throws {ShapeError} If there are more than two dimensions.
 */
export function t<D extends DType>(x: Tensor<Shape, D>): Tensor<Shape, D> {
  const { length } = x.shape;
  if (length < 2) return x;
  if (length === 2) return transpose(x, 0, 1);
  throw shapeError(
    "t: x",
    "at most two dimensions",
    text(x.shape),
    "Name the axes: transpose(dim0, dim1).",
  );
}
