import { absKernels } from "../../kernels/abs/abs.ts";
import { unary, type UnaryOperation } from "./unary.ts";

/**
 * `|x|`, elementwise; the gradient at 0 is 0, as in PyTorch.
 *
 * @example
 * ```ts
 * import { abs, openDevice, Tensor } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * using x = Tensor.from(device, [1, -2], [2]);
 * using y = abs(x);
 * assertEquals(await y.data(), new Float32Array([1, 2]));
 * ```
 *
 * @category Elementwise operations
 */
export const abs: UnaryOperation = /* @__PURE__ */ unary(absKernels);
