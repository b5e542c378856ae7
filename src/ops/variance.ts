import { reductionKernels } from "../../kernels/lib/reduction.ts";
import { checkOptions } from "../base/options.ts";
import { noGrad } from "../core/scope.ts";
import type { Tensor } from "../core/tensor.ts";
import type { VarianceOptions } from "../core/tensor_methods.ts";
import { composed } from "./_composed.ts";
import { div } from "./div.ts";
import { mean } from "./mean.ts";
import { reduction } from "./reduction.ts";
import { sub } from "./sub.ts";

/**
 * The variance of all elements, or along some axes: the squared distances from
 * the mean, added up and divided by their number minus the correction.
 *
 * @param x Any shape.
 * @param options Which axes, and the correction. Default: all, `[1]`.
 * @throws {RangeError} If there is no such axis.
 * @throws {TypeError} If the elements are not f32.
 *
 * @example
 * ```ts
 * import { openDevice, Tensor, variance } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * using x = Tensor.from(device, [1, 3, 2, 6], [2, 2]);
 * using sample = variance(x, { dim: 1 });
 * assertEquals(await sample.data(), new Float32Array([2, 8]));
 * using all = variance(x, { correction: 0 });
 * assertEquals(await all.item(), 3.5);
 * ```
 *
 * @category Reductions
 */
export function variance(x: Tensor, options: VarianceOptions = {}): Tensor {
  checkOptions("variance", options, ["correction", "dim", "keepdim"]);
  const { correction = 1, dim, keepdim } = options;
  return composed(() => {
    // Through the mean no gradient comes: distances from it add up to 0.
    const center = noGrad(() => mean(x, { dim, keepdim: true }));
    const divisor = x.length / center.length - correction;
    const squares = reduction(squareKernels, {
      name: "variance",
      factor: () => divisor > 0 ? 1 / divisor : 1,
    });
    const total = squares(sub(x, center), { dim, keepdim });
    return divisor > 0 ? total : div(total, 0);
  });
}

/** `Σ x²`. */
const squareKernels = /* @__PURE__ */ reductionKernels({
  name: "variance",
  reference: {
    initial: 0,
    term: (x) => x * x,
    combine: (total, x) => total + x,
    gradient: (g, x) => 2 * g * x,
  },
  wgsl: {
    initial: "0.0",
    term: "x * x",
    combine: "total + x",
    gradient: "2 * g * x",
  },
});
