import { comparison, type ComparisonOperation } from "./comparison.ts";

/**
 * 1 where `left > right` and 0 elsewhere, f32, elementwise, broadcast by NumPy's
 * rules. Of NaN it never holds. Without gradient.
 *
 * @example
 * ```ts
 * import { gt, openDevice, Tensor } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * using x = Tensor.from(device, [1, 2, 3], [3]);
 * using y = gt(x, 2);
 * assertEquals(await y.data(), new Float32Array([0, 0, 1]));
 * ```
 *
 * @category Elementwise operations
 */
export const gt: ComparisonOperation = /* @__PURE__ */ comparison({
  name: "gt",
  holds: (a, b) => a > b,
  operator: ">",
});
