import { logsumexpKernels } from "../../kernels/logsumexp/logsumexp.ts";
import { reduction, type ReductionOperation } from "./reduction.ts";

/**
 * `log Σ exp(x)` of all elements, or along some axes. No exponential overflows.
 *
 * @example
 * ```ts
 * import { logsumexp, openDevice, Tensor } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * using x = Tensor.from(device, [0, 1000, 0, -1000], [2, 2]);
 * using y = logsumexp(x, { dim: 1 });
 * assertEquals(await y.data(), new Float32Array([1000, 0]));
 * ```
 *
 * @category Reductions
 */
export const logsumexp: ReductionOperation = /* @__PURE__ */ reduction(
  logsumexpKernels,
);
