import { sumKernels } from "../../kernels/sum/sum.ts";
import { reduction, type ReductionOperation } from "./reduction.ts";

/**
 * The sum of all elements, or along some axes.
 *
 * @example
 * ```ts
 * import { openDevice, sum, Tensor } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * using x = Tensor.from(device, [1, 2, 3, 4], [2, 2]);
 * using all = sum(x);
 * assertEquals(await all.item(), 10);
 * using rows = sum(x, { dim: 1 });
 * assertEquals(await rows.data(), new Float32Array([3, 7]));
 * ```
 *
 * @category Reductions
 */
export const sum: ReductionOperation = /* @__PURE__ */ reduction(sumKernels);
