import { type UnaryKernels, unaryKernels } from "../lib/unary.ts";
import * as simd from "./simd.gen.ts";

/** The hyperbolic tangent. */
export const tanhKernels: UnaryKernels = /* @__PURE__ */ unaryKernels({
  name: "tanh",
  reference: {
    value: Math.tanh,
    gradient: (g, _x, y) => g * (1 - y * y),
  },
  wgsl: {
    value: "tanhOf(x)",
    gradient: "g * (1.0 - y * y)",
    // WGSL's own may overflow, and near 0 loses most digits on some drivers.
    functions: `
fn tanhOf(x: f32) -> f32 {
  let square = x * x;
  let series = x * (1.0 - square * (1.0 / 3.0 - square * (2.0 / 15.0)));
  let small = exp(-2.0 * abs(x));
  let large = (1.0 - small) / (1.0 + small);
  return select(select(-large, large, x >= 0.0), series, abs(x) < 0.05);
}
`,
  },
  simd: { value: simd.tanhForward, gradient: simd.tanhGradient },
});
