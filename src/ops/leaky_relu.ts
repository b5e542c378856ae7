import {
  leakyReluForward,
  leakyReluGradient,
} from "../../kernels/leaky_relu/leaky_relu.ts";
import { record } from "../core/tape.ts";
import { type Shape, Tensor } from "../core/tensor.ts";
import { checkDType, checkNumber } from "./check.ts";

/**
 * `x` where it is above 0 and `negativeSlope · x` elsewhere (Maas, Hannun and
 * Ng, 2013).
 *
 * @param x Any shape.
 * @param negativeSlope The slope below 0, and the gradient at 0. Default 0.01.
 * @returns The shape of `x`.
 * @throws {TypeError} If the elements are not f32, or the slope is no number.
 * @throws {RangeError} If the slope is not finite.
 *
 * @example
 * ```ts
 * import { leakyRelu, openDevice, Tensor } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * using x = Tensor.from(device, [-2, 3], [2]);
 * using y = leakyRelu(x, 0.25);
 * assertEquals(await y.data(), new Float32Array([-0.5, 3]));
 * ```
 *
 * @category Elementwise operations
 */
export function leakyRelu<S extends Shape>(
  x: Tensor<S>,
  negativeSlope = 0.01,
): Tensor<S> {
  checkDType("leakyRelu", "x", x);
  checkNumber("leakyRelu: negativeSlope", negativeSlope);
  const { device } = x;
  const params = { slope: negativeSlope };
  const output = Tensor.empty<S>(device, x.shape);
  device.run(leakyReluForward, { x, output }, params);
  return record(output, [x], (gradOutput, [gradX]) => {
    device.run(leakyReluGradient, { gradOutput, x, gradX }, params);
  });
}
