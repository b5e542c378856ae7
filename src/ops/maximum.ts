import { extremum } from "./_extremum.ts";
import type { BinaryOperation } from "./binary.ts";

/**
 * The larger of two numbers, elementwise, broadcast by NumPy's rules; NaN if
 * one of them is. Of equal ones each has half of the gradient.
 *
 * @example
 * ```ts
 * import { maximum, openDevice, Tensor } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * using x = Tensor.from(device, [1, 2, 5], [3]);
 * using y = maximum(x, 2);
 * assertEquals(await y.data(), new Float32Array([2, 2, 5]));
 * ```
 *
 * @category Elementwise operations
 */
export const maximum: BinaryOperation = /* @__PURE__ */ extremum(
  "maximum",
  Math.max,
  ">",
);
