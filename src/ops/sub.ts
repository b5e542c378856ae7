import { subKernels } from "../../kernels/sub/sub.ts";
import { binary, type BinaryOperation } from "./binary.ts";

/**
 * `left − right`, elementwise, broadcast by NumPy's rules.
 *
 * @example
 * ```ts
 * import { openDevice, sub, Tensor } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * using x = Tensor.from(device, [1, 2], [2]);
 * using y = sub(1, x);
 * assertEquals(await y.data(), new Float32Array([0, -1]));
 * ```
 *
 * @category Elementwise operations
 */
export const sub: BinaryOperation = /* @__PURE__ */ binary(subKernels);
