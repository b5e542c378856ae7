import { comparison, type ComparisonOperation } from "./comparison.ts";

/**
 * 1 where `left = right` and 0 elsewhere, f32, elementwise, broadcast by NumPy's
 * rules. NaN is not equal to anything, nor to itself. Without gradient.
 *
 * @example
 * ```ts
 * import { eq, openDevice, Tensor } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * using x = Tensor.from(device, [1, 2, 3], [3]);
 * using y = eq(x, 2);
 * assertEquals(await y.data(), new Float32Array([0, 1, 0]));
 * ```
 *
 * @category Elementwise operations
 */
export const eq: ComparisonOperation = /* @__PURE__ */ comparison({
  name: "eq",
  holds: (a, b) => a === b,
  operator: "==",
});
