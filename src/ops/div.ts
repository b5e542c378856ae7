import { divKernels } from "../../kernels/div/div.ts";
import { binary, type BinaryOperation } from "./binary.ts";

/**
 * `left / right`, elementwise, broadcast by NumPy's rules. Division by 0 gives an
 * infinity, and 0 / 0 NaN.
 *
 * @example
 * ```ts
 * import { div, openDevice, Tensor } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * using x = Tensor.from(device, [1, -3], [2]);
 * using half = div(x, 2);
 * assertEquals(await half.data(), new Float32Array([0.5, -1.5]));
 * ```
 *
 * @category Elementwise operations
 */
export const div: BinaryOperation = /* @__PURE__ */ binary(divKernels);
