import { geluKernels, geluTanhKernels } from "../../kernels/gelu/gelu.ts";
import { checkOptions } from "../base/options.ts";
import { describe } from "../base/errors.ts";
import type { Shape, Tensor } from "../core/tensor.ts";
import type { GeluOptions } from "../core/tensor_methods.ts";
import { unary, type UnaryOperation } from "./unary.ts";

const exact: UnaryOperation = /* @__PURE__ */ unary(geluKernels);
const byTanh: UnaryOperation = /* @__PURE__ */ unary(geluTanhKernels);

/**
 * The Gaussian error linear unit, elementwise: `x · Φ(x)`, with the distribution
 * function Φ of the normal distribution (Hendrycks and Gimpel, 2016).
 *
 * @param x Any shape.
 * @param options Whether it is approximated by
 * `x · (1 + tanh(√(2/π) · (x + 0.044715 · x³))) / 2`, as GPT-2 has it.
 * @returns The shape of `x`.
 * @throws {TypeError} If the elements are not f32, or there is another option.
 * @throws {RangeError} If `approximate` is neither `"none"` nor `"tanh"`.
 *
 * @example
 * ```ts
 * import { gelu, openDevice, Tensor } from "@x/mnist-cnn";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * using x = Tensor.from(device, [1], [1]);
 * using y = gelu(x);
 * assertAlmostEquals(await y.item(), 0.841345, 1e-6);
 * using z = gelu(x, { approximate: "tanh" });
 * assertAlmostEquals(await z.item(), 0.841192, 1e-6);
 * ```
 *
 * @category Elementwise operations
 */
export function gelu<S extends Shape>(
  x: Tensor<S>,
  options: GeluOptions = {},
): Tensor<S> {
  checkOptions("gelu", options, ["approximate"]);
  const { approximate = "none" } = options;
  checkApproximate("gelu", approximate);
  return approximate === "none" ? exact(x) : byTanh(x);
}

/** Throws unless it is one of the two. */
export function checkApproximate(what: string, approximate: string): void {
  if (approximate === "none" || approximate === "tanh") return;
  throw new RangeError(describe({
    what: `${what}: approximate`,
    expected: '"none" or "tanh"',
    got: String(approximate),
    help: "Leave it out for the function itself.",
  }));
}
