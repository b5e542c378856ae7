import { comparison, type ComparisonOperation } from "./comparison.ts";

/**
 * 1 where `left < right` and 0 elsewhere, f32, elementwise, broadcast by NumPy's
 * rules. Of NaN it never holds. Without gradient.
 *
 * @example
 * ```ts
 * import { lt, openDevice, Tensor } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * using x = Tensor.from(device, [1, 2, 3], [3]);
 * using y = lt(x, 2);
 * assertEquals(await y.data(), new Float32Array([1, 0, 0]));
 * ```
 *
 * @category Elementwise operations
 */
export const lt: ComparisonOperation = /* @__PURE__ */ comparison({
  name: "lt",
  holds: (a, b) => a < b,
  operator: "<",
});
