import {
  max,
  maxGradient,
  maxOfAll,
  maxOfAllGradient,
} from "../../kernels/max/max.ts";
import { axisOf } from "../core/shape.ts";
import { record } from "../core/tape.ts";
import { type Shape, Tensor } from "../core/tensor.ts";
import type { Extrema } from "../core/tensor_methods.ts";
import { rowsAlong, withoutAxis } from "./_axis.ts";
import { checkDType } from "./check.ts";

/**
 * The largest or smallest element, of all or along an axis. Of equals the first
 * counts; NaN wins over every number.
 *
 * @throws {RangeError} If there is no such axis.
 * @throws {TypeError} If the elements are not f32.
 */
export interface ExtremumOperation {
  /**
   * Of all elements: `[1]`. Elements that are equal to it share the gradient.
   */
  (x: Tensor): Tensor;
  /**
   * Along an axis: values, and their indices, i32. The gradient goes to the
   * elements that were chosen.
   *
   * @param dim The axis; negative ones count from the last, −1.
   * @param keepdim Whether the axis stays, with size 1. Default false.
   */
  (x: Tensor, dim: number, keepdim?: boolean): Extrema;
}

/** Makes the operation of a sign: 1 for the largest, −1 for the smallest. */
export function extremum(name: string, sign: 1 | -1): ExtremumOperation {
  const ofAll = (x: Tensor) => {
    const { device } = x;
    const output = Tensor.empty<[number]>(device, [1]);
    device.run(maxOfAll, { x, output }, { sign });
    return record(output, [x], (gradOutput, [gradX]) => {
      device.run(maxOfAllGradient, { gradOutput, x, output, gradX });
    });
  };
  const along = (x: Tensor, dim: number, keepdim: boolean): Extrema => {
    const { device, shape } = x;
    const axis = axisOf(name, shape, dim);
    const rows = rowsAlong(shape, axis);
    const size: Shape = withoutAxis(shape, axis, keepdim);
    const values = Tensor.empty(device, size);
    const indices = Tensor.empty(device, size, "i32");
    device.run(max, { x, values, indices }, { ...rows, sign });
    record(values, [x], (gradOutput, [gradX]) => {
      device.run(maxGradient, { gradOutput, indices, gradX }, rows);
    });
    return extremaOf(values, indices);
  };
  const operation = (x: Tensor, dim?: number, keepdim = false) => {
    checkDType(name, "x", x);
    return dim === undefined ? ofAll(x) : along(x, dim, keepdim);
  };
  return operation as ExtremumOperation;
}

/** Both by name, and as a pair to take apart. */
function extremaOf(values: Tensor, indices: Tensor<Shape, "i32">): Extrema {
  const pair = [values, indices];
  return Object.defineProperties({ values, indices }, {
    0: { value: values },
    1: { value: indices },
    [Symbol.iterator]: { value: () => pair.values() },
  }) as Extrema;
}
