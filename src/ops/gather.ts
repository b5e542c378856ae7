import {
  indexSelectForward,
  indexSelectGradient,
  indexSelectSizes,
} from "../../kernels/index_select/index_select.ts";
import { axisOf } from "../core/shape.ts";
import { record } from "../core/tape.ts";
import { elementsOf, type Shape, Tensor } from "../core/tensor.ts";
import type { DType } from "../devices/device.ts";
import { constantOf } from "./_constant.ts";
import { checkWords } from "./_strided.ts";
import { checkDType, shapeError, text } from "./check.ts";
import { slice } from "./slice.ts";

/**
 * Elements along an axis by an index of their own: of two dimensions and `dim` 1
 * `output[i, j] = x[i, index[i, j]]`.
 *
 * @param x f32 or i32.
 * @param dim The axis; negative ones count from the last.
 * @param index i32, of as many dimensions; along other axes than `dim` no longer
 * than `x`. Elements for an index that is out of range are NaN, or −2³¹.
 * @returns The shape of `index`.
 * @throws {RangeError} If there is no such axis.
 * @throws {ShapeError} If the shapes do not fit each other.
 * @throws {TypeError} If `index` has another type.
 */
export function gather<D extends DType>(
  x: Tensor<Shape, D>,
  dim: number,
  index: Tensor<Shape, "i32">,
): Tensor<Shape, D> {
  checkWords("gather", x);
  checkDType("gather", "index", index, "i32");
  const axis = axisOf("gather", x.shape, dim);
  checkSizes(x.shape, axis, index.shape);
  const used = index.shape.reduce<Tensor<Shape, D>>(
    (part, size, at) =>
      at === axis || size === part.shape[at] ? part : slice(part, at, 0, size),
    x,
  );
  const { device, dtype, shape } = used;
  const gathered = {
    outer: elementsOf(shape.slice(0, axis)),
    size: shape[axis],
    count: index.shape[axis],
    inner: elementsOf(shape.slice(axis + 1)),
    perElement: true,
  };
  const indices = index;
  const sizes = constantOf(device, indexSelectSizes(gathered));
  const output = Tensor.empty(device, index.shape, dtype);
  device.run(indexSelectForward, { x: used, indices, sizes, output }, gathered);
  return record(output, [used], (gradOutput, [gradX]) => {
    const operands = { gradOutput, indices, sizes, gradX };
    device.run(indexSelectGradient, operands, gathered);
  });
}

function checkSizes(x: Shape, axis: number, index: Shape): void {
  const fits = index.length === x.length &&
    index.every((size, at) => at === axis || size <= x[at]);
  if (fits) return;
  throw shapeError(
    `gather of ${text(x)} along axis ${axis}: index`,
    `${x.length} dimensions, none longer than those of x but for axis ${axis}`,
    text(index),
    "Labels [N] of scores [N, C] are unsqueezed: " +
      "scores.gather(1, labels.unsqueeze(1)).",
  );
}
