import {
  type BinaryKernels,
  binaryKernels,
  broadcastCall,
} from "../lib/binary.ts";
import * as simd from "./simd.gen.ts";

/** `left / right`. */
export const divKernels: BinaryKernels = /* @__PURE__ */ binaryKernels({
  name: "div",
  reference: {
    value: (a, b) => a / b,
    left: (g, _a, b) => g / b,
    right: (g, _a, b, y) => -g * (y / b),
  },
  wgsl: { value: "a / b", left: "g / b", right: "-g * (y / b)" },
  simd: {
    value: simd.div,
    left: ({ axes, gradOutput: left, gradient: output, right }) => [
      broadcastCall(simd.div, { left, right: right!, axes, output }),
    ],
    right({ axes, gradOutput, gradient, output: y, right }) {
      const operands = { left: y!, right: right!, axes, output: gradient };
      const scaled = { left: gradOutput, right: gradient, output: gradient };
      return [
        broadcastCall(simd.div, operands),
        broadcastCall(simd.negativeProduct, { ...scaled, axes: null }),
      ];
    },
  },
});
