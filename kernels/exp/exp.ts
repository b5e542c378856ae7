import { type UnaryKernels, unaryKernels } from "../lib/unary.ts";
import * as simd from "./simd.gen.ts";

/** The exponential function. */
export const expKernels: UnaryKernels = /* @__PURE__ */ unaryKernels({
  name: "exp",
  reference: { value: Math.exp, gradient: (g, _x, y) => g * y },
  wgsl: { value: "exp(x)", gradient: "g * y" },
  simd: { value: simd.expForward, gradient: simd.expGradient },
});
