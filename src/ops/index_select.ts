import {
  indexSelectForward,
  indexSelectGradient,
  indexSelectSizes,
} from "../../kernels/index_select/index_select.ts";
import { describe } from "../base/errors.ts";
import { record } from "../core/tape.ts";
import { axisOf } from "../core/shape.ts";
import { elementsOf, type Shape, Tensor } from "../core/tensor.ts";
import type { DType } from "../devices/device.ts";
import { constantOf } from "./_constant.ts";
import { checkWords } from "./_strided.ts";
import { checkDType, checkRank, text } from "./check.ts";

/**
 * Slices of an axis by their indices, in their order; one may come several times.
 *
 * The gradient adds what came several times in the order of the indices, so that
 * a run repeats bit for bit.
 *
 * @param x f32 or i32.
 * @param dim The axis; negative ones count from the last.
 * @param index i32 `[count]`, each from 0 to below the axis's size; or an array
 * of numbers. Elements for an index of a tensor that is out of range are NaN, or
 * −2³¹.
 * @returns The shape of `x` with `count` elements along the axis.
 * @throws {RangeError} If there is no such axis, or a number is out of range.
 * @throws {ShapeError} If `index` has not one dimension.
 * @throws {TypeError} If `index` is a tensor of another type.
 *
 * @example
 * ```ts
 * import { indexSelect, openDevice, Tensor } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * using x = Tensor.from(device, [1, 2, 3, 4, 5, 6], [3, 2]);
 * using rows = indexSelect(x, 0, [2, 0, 2]);
 * assertEquals(await rows.data(), new Float32Array([5, 6, 1, 2, 5, 6]));
 * ```
 *
 * @category Shape operations
 */
export function indexSelect<D extends DType>(
  x: Tensor<Shape, D>,
  dim: number,
  index: Tensor<Shape, "i32"> | readonly number[],
): Tensor<Shape, D> {
  checkWords("indexSelect", x);
  const { device, dtype, shape } = x;
  const axis = axisOf("indexSelect", shape, dim);
  const indices = index instanceof Tensor ? index : tensorOf(x, axis, index);
  checkDType("indexSelect", "index", indices, "i32");
  checkRank("indexSelect", "index", indices.shape, ["count"]);
  const sliced = {
    outer: elementsOf(shape.slice(0, axis)),
    size: shape[axis],
    count: indices.length,
    inner: elementsOf(shape.slice(axis + 1)),
  };
  const sizes = constantOf(device, indexSelectSizes(sliced));
  const output = Tensor.empty(device, shape.with(axis, sliced.count), dtype);
  device.run(indexSelectForward, { x, indices, sizes, output }, sliced);
  return record(output, [x], (gradOutput, [gradX]) => {
    const operands = { gradOutput, indices, sizes, gradX };
    device.run(indexSelectGradient, operands, sliced);
  });
}

/** Numbers as a tensor, if each is an index of the axis. */
function tensorOf(
  { device, shape }: Tensor<Shape, DType>,
  axis: number,
  index: readonly number[],
): Tensor<Shape, "i32"> {
  const size = shape[axis];
  const wrong = Array.isArray(index)
    ? index.find((one) => !Number.isInteger(one) || one < 0 || one >= size)
    : index;
  if (wrong === undefined && index.length > 0) {
    return Tensor.from(device, Int32Array.from(index), [index.length]);
  }
  throw new RangeError(describe({
    what: `indexSelect of ${text(shape)} along axis ${axis}: index`,
    expected: `whole numbers from 0 to ${size - 1}, at least one`,
    got: wrong === undefined ? "none" : String(wrong),
    help: "Give an array of indices, or an i32 tensor of them.",
  }));
}
