import { mulKernels } from "../../kernels/mul/mul.ts";
import { binary, type BinaryOperation } from "./binary.ts";

/**
 * `left · right`, elementwise, broadcast by NumPy's rules.
 *
 * @example
 * ```ts
 * import { mul, openDevice, Tensor } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * using x = Tensor.from(device, [1, 2, 3, 4], [2, 2]);
 * using gain = Tensor.from(device, [10, 100], [2, 1]);
 * using y = mul(x, gain);
 * assertEquals(await y.data(), new Float32Array([10, 20, 300, 400]));
 * ```
 *
 * @category Elementwise operations
 */
export const mul: BinaryOperation = /* @__PURE__ */ binary(mulKernels);
