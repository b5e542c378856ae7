import {
  logSoftmaxForward,
  logSoftmaxGradient,
} from "../../kernels/softmax/softmax.ts";
import { axisOf } from "../core/shape.ts";
import { record } from "../core/tape.ts";
import { type Shape, Tensor } from "../core/tensor.ts";
import { rowsAlong } from "./_axis.ts";
import { checkDType } from "./check.ts";

/**
 * The logarithm of the {@linkcode softmax} along an axis, which stays finite
 * where that is 0.
 *
 * @param x Any shape.
 * @param dim The axis; negative ones count from the last, −1.
 * @returns The shape of `x`.
 * @throws {RangeError} If there is no such axis.
 * @throws {TypeError} If the elements are not f32.
 *
 * @example
 * ```ts
 * import { logSoftmax, openDevice, Tensor } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * using x = Tensor.from(device, [1000, -1000], [1, 2]);
 * using y = logSoftmax(x, 1);
 * assertEquals(await y.data(), new Float32Array([0, -2000]));
 * ```
 *
 * @category Reductions
 */
export function logSoftmax<S extends Shape>(
  x: Tensor<S>,
  dim: number,
): Tensor<S> {
  checkDType("logSoftmax", "x", x);
  const { device, shape } = x;
  const rows = rowsAlong(shape, axisOf("logSoftmax", shape, dim));
  const output = Tensor.empty<S>(device, shape);
  device.run(logSoftmaxForward, { x, output }, rows);
  return record(output, [x], (gradOutput, [gradX]) => {
    device.run(logSoftmaxGradient, { gradOutput, output, gradX }, rows);
  });
}
