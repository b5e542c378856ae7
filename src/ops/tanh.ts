import { tanhKernels } from "../../kernels/tanh/tanh.ts";
import { unary, type UnaryOperation } from "./unary.ts";

/**
 * The hyperbolic tangent, elementwise.
 *
 * @example
 * ```ts
 * import { openDevice, tanh, Tensor } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * using x = Tensor.from(device, [0, 50, -50], [3]);
 * using y = tanh(x);
 * assertEquals(await y.data(), new Float32Array([0, 1, -1]));
 * ```
 *
 * @category Elementwise operations
 */
export const tanh: UnaryOperation = /* @__PURE__ */ unary(tanhKernels);
