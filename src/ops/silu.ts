import { siluKernels } from "../../kernels/silu/silu.ts";
import { unary, type UnaryOperation } from "./unary.ts";

/**
 * The sigmoid linear unit `x · sigmoid(x)`, elementwise (Elfwing, Uchibe and
 * Doya, 2017), also called swish.
 *
 * @example
 * ```ts
 * import { openDevice, silu, Tensor } from "@x/mnist-cnn";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * using x = Tensor.from(device, [1], [1]);
 * using y = silu(x);
 * assertAlmostEquals(await y.item(), 0.7310586, 1e-6);
 * ```
 *
 * @category Elementwise operations
 */
export const silu: UnaryOperation = /* @__PURE__ */ unary(siluKernels);
