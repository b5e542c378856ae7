import { extremum, type ExtremumOperation } from "./extremum.ts";

/**
 * The smallest element of all, or along an axis with its index.
 *
 * @example
 * ```ts
 * import { min, openDevice, Tensor } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * using x = Tensor.from(device, [1, 4, 3, 4, 4, 2], [2, 3]);
 * assertEquals(await min(x).item(), 1);
 * const { indices } = min(x, 0, true);
 * assertEquals(indices.shape, [1, 3]);
 * assertEquals(await indices.data(), new Int32Array([0, 0, 1]));
 * ```
 *
 * @category Reductions
 */
export const min: ExtremumOperation = /* @__PURE__ */ extremum("min", -1);
