import { squareKernels } from "../../kernels/square/square.ts";
import { unary, type UnaryOperation } from "./unary.ts";

/**
 * `x²`, elementwise.
 *
 * @example
 * ```ts
 * import { openDevice, square, Tensor } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * using x = Tensor.from(device, [3, -4], [2]);
 * using y = square(x);
 * assertEquals(await y.data(), new Float32Array([9, 16]));
 * ```
 *
 * @category Elementwise operations
 */
export const square: UnaryOperation = /* @__PURE__ */ unary(squareKernels);
