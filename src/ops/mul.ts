import { record } from "../core/tape.ts";
import { type Shape, Tensor } from "../core/tensor.ts";
import { checkShape } from "./_check.ts";

/**
 * `left · right`, elementwise.
 *
 * @param left Any shape.
 * @param right The same shape.
 * @returns The same shape.
 * @throws {ShapeError} If the shapes differ.
 *
 * @example
 * ```ts
 * import { mul, openDevice, Tensor } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * using x = Tensor.from(device, [2, 3], [2]);
 * using y = mul(x, x);
 * assertEquals(await y.data(), new Float32Array([4, 9]));
 * ```
 */
export function mul<S extends Shape>(
  left: Tensor<S>,
  right: Tensor<S>,
): Tensor<S> {
  checkShape("mul", "right", right.shape, left.shape);
  const { kernels } = left.device;
  const output = Tensor.empty<S>(left.device, left.shape);
  kernels.mul(left, right, output);
  return record(output, [left, right], (gradOutput, [gradLeft, gradRight]) => {
    if (gradLeft) kernels.mul(gradOutput, right, gradLeft);
    if (gradRight) kernels.mul(gradOutput, left, gradRight);
  });
}
