import { argmax as argmaxOfRows } from "../../kernels/argmax/argmax.ts";
import { max } from "../../kernels/max/max.ts";
import { axisOf } from "../core/shape.ts";
import { Tensor } from "../core/tensor.ts";
import { rowsAlong, withoutAxis } from "./_axis.ts";
import { checkDType } from "./check.ts";

/** The longest row that one invocation searches; several share longer ones. */
const longestRow = 1024;

/**
 * The index of the largest element along an axis: of a batch of scores the
 * predicted classes. Of equals it is the first; NaN is above every number. It
 * has no gradient.
 *
 * @param x Scores `[N, classes]`, or any shape.
 * @param dim The axis; negative ones count from the last. Default −1, where
 * PyTorch's is all axes at once.
 * @param keepdim Whether the axis stays, with size 1. Default false.
 * @returns i32, the shape of `x` without the axis: `[N]`.
 * @throws {RangeError} If there is no such axis.
 * @throws {TypeError} If the elements are not f32.
 *
 * @example
 * ```ts
 * import { argmax, openDevice, Tensor } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * using scores = Tensor.from(device, [1, 3, 2], [1, 3]);
 * using predictions = argmax(scores, 1);
 * assertEquals(await predictions.data(), new Int32Array([1]));
 * ```
 *
 * @category Reductions
 */
export function argmax(
  x: Tensor,
  dim = -1,
  keepdim = false,
): Tensor<readonly number[], "i32"> {
  checkDType("argmax", "x", x);
  const { device, shape } = x;
  const axis = axisOf("argmax", shape, dim);
  const rows = rowsAlong(shape, axis);
  const output = Tensor.empty(device, withoutAxis(shape, axis, keepdim), "i32");
  const batch = output.length;
  if (rows.inner === 1 && rows.size <= longestRow) {
    const params = { batch, classes: rows.size };
    device.run(argmaxOfRows, { scores: x, output }, params);
    return output;
  }
  const values = Tensor.empty(device, output.shape);
  device.run(max, { x, values, indices: output }, { ...rows, sign: 1 });
  values[Symbol.dispose]();
  return output;
}
