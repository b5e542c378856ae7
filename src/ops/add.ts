import { addKernels } from "../../kernels/add/add.ts";
import { binary, type BinaryOperation } from "./binary.ts";

/**
 * `left + right`, elementwise, broadcast by NumPy's rules.
 *
 * @example
 * ```ts
 * import { add, openDevice, Tensor } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * using x = Tensor.from(device, [1, 2, 3, 4], [2, 2]);
 * using bias = Tensor.from(device, [10, 20], [2]);
 * using y = add(x, bias);
 * assertEquals(await y.data(), new Float32Array([11, 22, 13, 24]));
 * ```
 *
 * @category Elementwise operations
 */
export const add: BinaryOperation = /* @__PURE__ */ binary(addKernels);
