import { expKernels } from "../../kernels/exp/exp.ts";
import { unary, type UnaryOperation } from "./unary.ts";

/**
 * The exponential function, elementwise: infinite above 88.7.
 *
 * @example
 * ```ts
 * import { exp, openDevice, Tensor } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * using x = Tensor.from(device, [0, 1, 100], [3]);
 * using y = exp(x);
 * assertEquals(await y.data(), new Float32Array([1, Math.E, Infinity]));
 * ```
 *
 * @category Elementwise operations
 */
export const exp: UnaryOperation = /* @__PURE__ */ unary(expKernels);
