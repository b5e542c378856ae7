import {
  softmaxForward,
  softmaxGradient,
} from "../../kernels/softmax/softmax.ts";
import { axisOf } from "../core/shape.ts";
import { record } from "../core/tape.ts";
import { type Shape, Tensor } from "../core/tensor.ts";
import { rowsAlong } from "./_axis.ts";
import { checkDType } from "./check.ts";

/**
 * The softmax along an axis, `exp(x) / Σ exp(x)`: positive numbers that add up
 * to 1. No exponential overflows.
 *
 * @param x Any shape.
 * @param dim The axis; negative ones count from the last, −1.
 * @returns The shape of `x`.
 * @throws {RangeError} If there is no such axis.
 * @throws {TypeError} If the elements are not f32.
 *
 * @example
 * ```ts
 * import { openDevice, softmax, Tensor } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * using x = Tensor.from(device, [5, 5, 1000, -1000], [2, 2]);
 * using y = softmax(x, 1);
 * assertEquals(await y.data(), new Float32Array([0.5, 0.5, 1, 0]));
 * ```
 *
 * @category Reductions
 */
export function softmax<S extends Shape>(x: Tensor<S>, dim: number): Tensor<S> {
  checkDType("softmax", "x", x);
  const { device, shape } = x;
  const rows = rowsAlong(shape, axisOf("softmax", shape, dim));
  const output = Tensor.empty<S>(device, shape);
  device.run(softmaxForward, { x, output }, rows);
  return record(output, [x], (gradOutput, [gradX]) => {
    device.run(softmaxGradient, { gradOutput, output, gradX }, rows);
  });
}
