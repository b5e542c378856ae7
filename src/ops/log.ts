import { unary, type UnaryOperation } from "./unary.ts";

/**
 * The natural logarithm, elementwise: −∞ at 0, and NaN below.
 *
 * @example
 * ```ts
 * import { log, openDevice, Tensor } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * using x = Tensor.from(device, [1, 0, -1], [3]);
 * using y = log(x);
 * assertEquals(await y.data(), new Float32Array([0, -Infinity, NaN]));
 * ```
 *
 * @category Elementwise operations
 */
export const log: UnaryOperation = /* @__PURE__ */ unary({
  name: "log",
  reference: { value: Math.log, gradient: (g, x) => g / x },
  wgsl: { value: "log(x)", gradient: "g / x" },
});
