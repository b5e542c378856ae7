import { reductionKernels } from "../../kernels/lib/reduction.ts";
import { describe } from "../base/errors.ts";
import type { Tensor } from "../core/tensor.ts";
import type { ReductionOptions } from "../core/tensor_methods.ts";
import { reduction } from "./reduction.ts";

/**
 * The norm of all elements, or along some axes: the root of the sum of squares,
 * or the sum of absolute values. Where it is 0, so is its gradient.
 *
 * @param x Any shape.
 * @param p 2 or 1. Default 2.
 * @param options Which axes. Default: all, `[1]`.
 * @throws {RangeError} If `p` is another number, or there is no such axis.
 * @throws {TypeError} If the elements are not f32.
 *
 * @example
 * ```ts
 * import { norm, openDevice, Tensor } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * using x = Tensor.from(device, [3, -4, 0, 0], [2, 2]);
 * assertEquals(await norm(x).item(), 5);
 * assertEquals(await norm(x, 1, { dim: 1 }).data(), new Float32Array([7, 0]));
 * ```
 *
 * @category Reductions
 */
export function norm(
  x: Tensor,
  p = 2,
  options: ReductionOptions = {},
): Tensor {
  if (p === 1) return absoluteNorm(x, options);
  if (p === 2) return euclideanNorm(x, options);
  throw new RangeError(describe({
    what: "norm: p",
    expected: "1 or 2",
    got: String(p),
    help: "The largest absolute value is max(abs(x)).",
  }));
}

const euclideanNorm = /* @__PURE__ */ reduction(
  /* @__PURE__ */ reductionKernels({
    name: "norm",
    reference: {
      initial: 0,
      term: (x) => x * x,
      combine: (total, x) => total + x,
      result: Math.sqrt,
      gradient: (g, x, y) => y === 0 ? 0 : x * (g / y),
    },
    wgsl: {
      initial: "0.0",
      term: "x * x",
      combine: "total + x",
      result: "sqrt(total)",
      gradient: "select(x * (g / y), 0.0, bitcast<u32>(y) == 0u)",
    },
  }),
);

const absoluteNorm = /* @__PURE__ */ reduction(
  /* @__PURE__ */ reductionKernels({
    name: "norm",
    reference: {
      initial: 0,
      term: Math.abs,
      combine: (total, x) => total + x,
      gradient: (g, x) => x > 0 ? g : x < 0 ? -g : 0,
    },
    wgsl: {
      initial: "0.0",
      term: "abs(x)",
      combine: "total + x",
      // NaN has no sign: by its bits, since comparisons leave it open.
      gradient: "select(g * sign(x), 0.0, " +
        "(bitcast<u32>(x) & 0x7fffffffu) > 0x7f800000u)",
    },
  }),
);
