import { orderFunctions } from "../../kernels/lib/order.ts";
import { unary, type UnaryOperation } from "./unary.ts";

/**
 * `|x|`, elementwise; the gradient at 0 is 0, as in PyTorch.
 *
 * @example
 * ```ts
 * import { abs, openDevice, Tensor } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * using x = Tensor.from(device, [1, -2], [2]);
 * using y = abs(x);
 * assertEquals(await y.data(), new Float32Array([1, 2]));
 * ```
 */
export const abs: UnaryOperation = unary({
  name: "abs",
  reference: {
    value: Math.abs,
    gradient: (g, x) => x > 0 ? g : x < 0 ? -g : g * 0,
  },
  wgsl: {
    value: "abs(x)",
    // At NaN too PyTorch has the sign 0.
    gradient: "g * select(f32(sign(orderOf(x))), 0.0, isNan(x))",
    functions: orderFunctions,
  },
});
