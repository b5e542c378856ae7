import { reluKernels } from "../../kernels/relu/relu.ts";
import { unary, type UnaryOperation } from "./unary.ts";

/**
 * `max(x, 0)`, elementwise; the gradient at 0 is 0, as in PyTorch.
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
 *
 * @category Elementwise operations
 */
export const relu: UnaryOperation = /* @__PURE__ */ unary(reluKernels);
