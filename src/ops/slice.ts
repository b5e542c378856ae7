import { describe } from "../base/errors.ts";
import { axisOf } from "../core/shape.ts";
import type { Shape, Tensor } from "../core/tensor.ts";
import type { DType } from "../devices/device.ts";
import { readView, viewAlong, viewOf } from "./_strided.ts";
import { text } from "./check.ts";

/**
 * The elements `start : end : step` of an axis, copied: Python's
 * `x[start:end:step]`, along `dim`; PyTorch's `narrow` is
 * `slice(x, dim, start, start + length)`.
 *
 * @param x f32 or i32.
 * @param dim The axis; negative ones count from the last.
 * @param start The first element; a negative one counts from the end.
 * @param end The end, not included; a negative one counts from the end.
 * Default: that of the axis. As in Python, what lies outside is cut off.
 * @param step From one element to the next. Default 1.
 * @returns The shape of `x` with fewer elements along the axis.
 * @throws {RangeError} If there is no such axis, no element is left, or `step`
 * is no whole number of at least 1.
 *
 * @example
 * ```ts
 * import { openDevice, slice, Tensor } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * using x = Tensor.from(device, [1, 2, 3, 4, 5], [5]);
 * using inner = slice(x, 0, 1, -1);
 * using odd = slice(x, 0, 0, 5, 2);
 * assertEquals(await inner.data(), new Float32Array([2, 3, 4]));
 * assertEquals(await odd.data(), new Float32Array([1, 3, 5]));
 * ```
 *
 * @category Shape operations
 */
export function slice<D extends DType>(
  x: Tensor<Shape, D>,
  dim: number,
  start: number,
  end = Infinity,
  step = 1,
): Tensor<Shape, D> {
  const { shape } = x;
  const axis = axisOf("slice", shape, dim);
  const size = shape[axis];
  const [first, last] = [start, end].map((index) =>
    Math.min(Math.max(index < 0 ? index + size : index, 0), size)
  );
  const count = Math.ceil((last - first) / step);
  const isWhole = Number.isInteger(first) && Number.isInteger(last) &&
    Number.isInteger(step) && step > 0;
  if (!isWhole || count < 1) {
    throw new RangeError(describe({
      what: `slice of ${text(shape)} along axis ${axis}`,
      expected: `whole numbers start < end within ${size} elements, step ≥ 1`,
      got: `start ${start}, end ${end}, step ${step}`,
      help: "Negative indices count from the end; no slice is empty.",
    }));
  }
  return readView(
    "slice",
    x,
    viewAlong(viewOf(shape), axis, first, count, step),
  );
}
