import { reluForward, reluGradient } from "../../kernels/relu/relu.ts";
import { record } from "../core/tape.ts";
import { type Shape, Tensor } from "../core/tensor.ts";

/**
 * `max(x, 0)`, elementwise; the gradient at 0 is 0, as in PyTorch.
 *
 * @param x Any shape.
 * @returns The shape of `x`.
 *
 * @example
 * ```ts
 * import { openDevice, relu, Tensor } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * using x = Tensor.from(device, [-1, 2], [2]);
 * using y = relu(x);
 * assertEquals(await y.data(), new Float32Array([0, 2]));
 * ```
 */
export function relu<S extends Shape>(x: Tensor<S>): Tensor<S> {
  const output = Tensor.empty<S>(x.device, x.shape);
  x.device.run(reluForward, { x, output });
  return record(output, [x], (gradOutput, [gradX]) => {
    if (gradX === null) return;
    x.device.run(reluGradient, { gradOutput, output, gradX });
  });
}
