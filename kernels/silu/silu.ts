import { type UnaryKernels, unaryKernels } from "../lib/unary.ts";
import { sigmoid, sigmoidFunction } from "../lib/sigmoid.ts";
import * as simd from "./simd.gen.ts";

/** `x · σ(x)`, with the logistic function σ. */
export const siluKernels: UnaryKernels = /* @__PURE__ */ unaryKernels({
  name: "silu",
  reference: {
    value: (x) => x * sigmoid(x),
    gradient: (g, x) => g * (sigmoid(x) * (1 + x * (1 - sigmoid(x)))),
  },
  wgsl: {
    value: "x * sigmoid(x)",
    gradient: "g * (sigmoid(x) + x * sigmoidSlope(x))",
    functions: sigmoidFunction,
  },
  simd: { value: simd.siluForward, gradient: simd.siluGradient },
});
