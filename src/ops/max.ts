import { extremum, type ExtremumOperation } from "./extremum.ts";

/**
 * The largest element of all, or along an axis with its index.
 *
 * @example
 * ```ts
 * import { max, openDevice, Tensor } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * using x = Tensor.from(device, [1, 4, 3, 4, 4, 2], [2, 3]);
 * assertEquals(await max(x).item(), 4);
 * const { values, indices } = max(x, 1);
 * assertEquals(await values.data(), new Float32Array([4, 4]));
 * assertEquals(await indices.data(), new Int32Array([1, 0]));
 * ```
 *
 * @category Reductions
 */
export const max: ExtremumOperation = /* @__PURE__ */ extremum("max", 1);
