import { erfc, erfcFunction } from "../lib/erfc.ts";
import { sigmoidFunction } from "../lib/sigmoid.ts";
import { type UnaryKernels, unaryKernels } from "../lib/unary.ts";
import * as simd from "./simd.gen.ts";

/** 1 / √2, 1 / √(2π) and √(2/π). */
const halfRoot = Math.SQRT1_2;
const density = 1 / Math.sqrt(2 * Math.PI);
const tanhScale = /* @__PURE__ */ Math.sqrt(2 / Math.PI);

/** `x · Φ(x)`, with the distribution function Φ of the normal distribution. */
export const geluKernels: UnaryKernels = /* @__PURE__ */ unaryKernels({
  name: "gelu",
  reference: {
    value: (x) => x * (0.5 * erfc(-x * halfRoot)),
    gradient: (g, x) =>
      g * (0.5 * erfc(-x * halfRoot) + x * density * Math.exp(-x * x / 2)),
  },
  wgsl: {
    value: `x * (0.5 * erfc(x * ${-halfRoot}))`,
    gradient: `g * (0.5 * erfc(x * ${-halfRoot}) +
  x * (${density} * exp(-0.5 * x * x)))`,
    functions: erfcFunction,
  },
  simd: { value: simd.geluForward, gradient: simd.geluGradient },
});

/** `x · (1 + tanh(√(2/π) · (x + 0.044715 · x³))) / 2`. */
export const geluTanhKernels: UnaryKernels = /* @__PURE__ */ unaryKernels({
  name: "geluTanh",
  reference: {
    value: (x) => 0.5 * x * (1 + Math.tanh(inner(x))),
    gradient(g, x) {
      const tanh = Math.tanh(inner(x));
      const slope = tanhScale * (1 + 3 * 0.044715 * x * x);
      return g * (0.5 * (1 + tanh) + 0.5 * x * ((1 - tanh * tanh) * slope));
    },
  },
  wgsl: {
    // (1 + tanh z) / 2 is the logistic function of 2 z.
    value: "x * sigmoid(2.0 * inner(x))",
    gradient: "gradientOf(g, x)",
    functions: `${sigmoidFunction}
fn inner(x: f32) -> f32 {
  return ${tanhScale} * (x + 0.044715 * x * x * x);
}

fn gradientOf(g: f32, x: f32) -> f32 {
  let z = 2.0 * inner(x);
  let slope = ${tanhScale} * (1.0 + ${3 * 0.044715} * x * x);
  return g * (sigmoid(z) + 2.0 * x * (sigmoidSlope(z) * slope));
}
`,
  },
  simd: { value: simd.geluTanhForward, gradient: simd.geluTanhGradient },
});

function inner(x: number): number {
  return tanhScale * (x + 0.044715 * x * x * x);
}
