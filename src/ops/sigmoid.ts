import { sigmoidKernels } from "../../kernels/sigmoid/sigmoid.ts";
import { unary, type UnaryOperation } from "./unary.ts";

/**
 * The logistic function `1 / (1 + exp(−x))`, elementwise.
 *
 * @example
 * ```ts
 * import { openDevice, sigmoid, Tensor } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * using x = Tensor.from(device, [0, 100, -200], [3]);
 * using y = sigmoid(x);
 * assertEquals(await y.data(), new Float32Array([0.5, 1, 0]));
 * ```
 *
 * @category Elementwise operations
 */
export const sigmoid: UnaryOperation = /* @__PURE__ */ unary(sigmoidKernels);
