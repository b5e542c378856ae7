import { sigmoid, sigmoidFunction } from "../../kernels/lib/sigmoid.ts";
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
 */
export const silu: UnaryOperation = unary({
  name: "silu",
  reference: {
    value: (x) => x * sigmoid(x),
    gradient: (g, x) => g * (sigmoid(x) * (1 + x * (1 - sigmoid(x)))),
  },
  wgsl: {
    value: "x * sigmoid(x)",
    gradient: "g * (sigmoid(x) * (1.0 + x * (1.0 - sigmoid(x))))",
    functions: sigmoidFunction,
  },
});
