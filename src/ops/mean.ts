import { sumKernels } from "../../kernels/sum/sum.ts";
import { reduction, type ReductionOperation } from "./reduction.ts";

/**
 * The mean of all elements, or along some axes.
 *
 * @example
 * ```ts
 * import { mean, openDevice, Tensor } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * using x = Tensor.from(device, [1, 2, 3, 6], [2, 2]);
 * using all = mean(x);
 * assertEquals(await all.item(), 3);
 * using columns = mean(x, { dim: 0, keepdim: true });
 * assertEquals(columns.shape, [1, 2]);
 * assertEquals(await columns.data(), new Float32Array([2, 4]));
 * ```
 *
 * @category Reductions
 */
export const mean: ReductionOperation = /* @__PURE__ */ reduction(sumKernels, {
  name: "mean",
  factor: (count) => 1 / count,
});
