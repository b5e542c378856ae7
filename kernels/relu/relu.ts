import { type UnaryKernels, unaryKernels } from "../lib/unary.ts";
import * as simd from "./simd.gen.ts";

/**
 * `max(x, 0)`; NaN stays NaN. The gradient comes from the output: 0 where that
 * is 0, and where it is NaN the gradient passes.
 *
 * In WGSL numbers are handled as their bits, because WGSL leaves open what max()
 * and comparisons make of NaN. As u32, the numbers from −0 down to −∞ are those
 * from 0x80000000 to 0xff800000, and the numbers above 0 up to +∞ are those
 * from 1 to 0x7f800000; NaN is in neither range.
 */
export const reluKernels: UnaryKernels = /* @__PURE__ */ unaryKernels({
  name: "relu",
  reference: {
    value: (x) => Math.max(x, 0),
    gradient: (g, _x, y) => y <= 0 ? 0 : g,
  },
  wgsl: {
    element: "u32",
    value: "select(x, 0u, isNegative(x))",
    gradient: "select(g, 0u, y == 0u || isNegative(y))",
    functions: `
fn isNegative(bits: u32) -> bool {
  return bits >= 0x80000000u && bits <= 0xff800000u;
}
`,
  },
  simd: { value: simd.reluForward, gradient: simd.reluGradient },
});
