import { orderFunctions } from "../../kernels/lib/order.ts";
import { unary, type UnaryOperation } from "./unary.ts";

/**
 * The exponential linear unit, elementwise: `x` above 0 and
 * `alpha · (exp(x) − 1)` elsewhere (Clevert, Unterthiner and Hochreiter, 2015).
 * `alpha` is 1 by default, and the gradient at 0.
 *
 * @example
 * ```ts
 * import { elu, openDevice, Tensor } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * using x = Tensor.from(device, [2, -100], [2]);
 * using y = elu(x, 0.5);
 * assertEquals(await y.data(), new Float32Array([2, -0.5]));
 * ```
 *
 * @category Elementwise operations
 */
export const elu: UnaryOperation<[alpha?: number]> = /* @__PURE__ */ unary({
  name: "elu",
  parameters: { alpha: 1 },
  reference: {
    value: (x, { alpha }) => x > 0 ? x : alpha * Math.expm1(x),
    gradient: (g, x, _y, { alpha }) => x <= 0 ? g * (alpha * Math.exp(x)) : g,
  },
  wgsl: {
    value: "select(x, alpha * expm1(x), isNotPositive(x))",
    gradient: "select(g, g * (alpha * exp(x)), isNotPositive(x))",
    functions: `
override alpha: f32;
${orderFunctions}
fn isNotPositive(x: f32) -> bool { return orderOf(x) <= 0 && !isNan(x); }

// exp(x) - 1 for x that is not positive: near 0 by its series, of which what is
// left out is below 1e-8 of the value.
fn expm1(x: f32) -> f32 {
  if (x < -0.25) { return exp(x) - 1.0; }
  return x * (1.0 + x * (1.0 / 2.0 + x * (1.0 / 6.0 + x * (1.0 / 24.0 +
    x * (1.0 / 120.0 + x * (1.0 / 720.0))))));
}
`,
  },
});
