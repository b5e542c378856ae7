import { unary, type UnaryOperation } from "./unary.ts";

/**
 * `−x`, elementwise.
 *
 * @example
 * ```ts
 * import { neg, openDevice, Tensor } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * using x = Tensor.from(device, [1, -2], [2]);
 * using y = neg(x);
 * assertEquals(await y.data(), new Float32Array([-1, 2]));
 * ```
 *
 * @category Elementwise operations
 */
export const neg: UnaryOperation = /* @__PURE__ */ unary({
  name: "neg",
  reference: { value: (x) => -x, gradient: (g) => -g },
  wgsl: { value: "-x", gradient: "-g" },
});
