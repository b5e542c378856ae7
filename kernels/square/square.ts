import { type UnaryKernels, unaryKernels } from "../lib/unary.ts";
import * as simd from "./simd.gen.ts";

/** `x²`. */
export const squareKernels: UnaryKernels = /* @__PURE__ */ unaryKernels({
  name: "square",
  reference: { value: (x) => x * x, gradient: (g, x) => g * (2 * x) },
  wgsl: { value: "x * x", gradient: "g * (2.0 * x)" },
  simd: { value: simd.squareForward, gradient: simd.squareGradient },
});
