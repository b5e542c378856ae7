import { unary, type UnaryOperation } from "./unary.ts";

/**
 * `1 / x`, elementwise: an infinity at 0, of the sign of that zero.
 *
 * @example
 * ```ts
 * import { openDevice, reciprocal, Tensor } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * using x = Tensor.from(device, [4, -0.5], [2]);
 * using y = reciprocal(x);
 * assertEquals(await y.data(), new Float32Array([0.25, -2]));
 * ```
 *
 * @category Elementwise operations
 */
export const reciprocal: UnaryOperation = /* @__PURE__ */ unary({
  name: "reciprocal",
  reference: { value: (x) => 1 / x, gradient: (g, _x, y) => -g * (y * y) },
  wgsl: { value: "1.0 / x", gradient: "-g * (y * y)" },
});
