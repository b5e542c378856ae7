import { type UnaryKernels, unaryKernels } from "../lib/unary.ts";
import { sigmoid, sigmoidFunction } from "../lib/sigmoid.ts";
import * as simd from "./simd.gen.ts";

/** The logistic function `1 / (1 + exp(−x))`. */
export const sigmoidKernels: UnaryKernels = /* @__PURE__ */ unaryKernels({
  name: "sigmoid",
  reference: {
    value: sigmoid,
    gradient: (g, _x, y) => g * y * (1 - y),
  },
  wgsl: {
    value: "sigmoid(x)",
    gradient: "g * y * (1.0 - y)",
    functions: sigmoidFunction,
  },
  simd: { value: simd.sigmoidForward, gradient: simd.sigmoidGradient },
});
