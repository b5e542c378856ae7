import { orderFunctions, orderOfInfinity } from "../../kernels/lib/order.ts";
import { unary, type UnaryOperation } from "./unary.ts";

/**
 * The square root, elementwise: NaN below 0. Its gradient at 0 is infinite.
 *
 * @example
 * ```ts
 * import { openDevice, sqrt, Tensor } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * using x = Tensor.from(device, [4, 0, -1], [3]);
 * using y = sqrt(x);
 * assertEquals(await y.data(), new Float32Array([2, 0, NaN]));
 * ```
 *
 * @category Elementwise operations
 */
export const sqrt: UnaryOperation = /* @__PURE__ */ unary({
  name: "sqrt",
  reference: { value: Math.sqrt, gradient: (g, _x, y) => g / (2 * y) },
  wgsl: {
    value: "sqrtOf(x)",
    gradient: "g / (2.0 * y)",
    // WGSL defines sqrt by 1 / inverseSqrt, and nothing outside of its domain.
    functions: `${orderFunctions}
fn sqrtOf(x: f32) -> f32 {
  let order = orderOf(x);
  if (order == 0 || order >= ${orderOfInfinity}) { return x; }
  if (order < 0) { return bitcast<f32>(bitcast<u32>(x) | 0x7fc00000u); }
  return sqrt(x);
}
`,
  },
});
