import { orderFunctions } from "../lib/order.ts";
import { type UnaryKernels, unaryKernels } from "../lib/unary.ts";
import * as simd from "./simd.gen.ts";

/** `|x|`. */
export const absKernels: UnaryKernels = /* @__PURE__ */ unaryKernels({
  name: "abs",
  reference: {
    value: Math.abs,
    gradient: (g, x) => x > 0 ? g : x < 0 ? -g : g * 0,
  },
  wgsl: {
    value: "abs(x)",
    // At NaN too PyTorch has the sign 0.
    gradient: "g * select(f32(sign(orderOf(x))), 0.0, isNan(x))",
    functions: orderFunctions,
  },
  simd: { value: simd.absForward, gradient: simd.absGradient },
});
