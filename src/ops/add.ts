import { copy } from "../../kernels/copy/copy.ts";
import { record } from "../core/tape.ts";
import { type Shape, Tensor } from "../core/tensor.ts";
import { checkShape } from "./_check.ts";

/**
 * `left + right`, elementwise.
 *
 * @param left Any shape.
 * @param right The same shape.
 * @returns The same shape.
 * @throws {ShapeError} If the shapes differ.
 *
 * @example
 * ```ts
 * import { add, openDevice, Tensor } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * using x = Tensor.from(device, [1, 2], [2]);
 * using y = add(x, x);
 * assertEquals(await y.data(), new Float32Array([2, 4]));
 * ```
 */
export function add<S extends Shape>(
  left: Tensor<S>,
  right: Tensor<S>,
): Tensor<S> {
  checkShape("add", "right", right.shape, left.shape);
  const { device } = left;
  const output = Tensor.empty<S>(device, left.shape);
  device.kernels.add(left, right, output);
  return record(output, [left, right], (gradOutput, [gradLeft, gradRight]) => {
    if (gradLeft) device.run(copy, { source: gradOutput, output: gradLeft });
    if (gradRight) device.run(copy, { source: gradOutput, output: gradRight });
  });
}
