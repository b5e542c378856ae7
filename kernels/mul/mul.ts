import {
  type BinaryKernels,
  binaryKernels,
  broadcastCall,
} from "../lib/binary.ts";
import * as simd from "./simd.gen.ts";

/** `left · right`. */
export const mulKernels: BinaryKernels = /* @__PURE__ */ binaryKernels({
  name: "mul",
  reference: {
    value: (a, b) => a * b,
    left: (g, _a, b) => g * b,
    right: (g, a) => g * a,
  },
  wgsl: { value: "a * b", left: "g * b", right: "g * a" },
  simd: {
    value: simd.mul,
    left: ({ axes, gradOutput: left, gradient: output, right }) => [
      broadcastCall(simd.mul, { left, right: right!, axes, output }),
    ],
    right: ({ axes, gradOutput: right, gradient: output, left }) => [
      broadcastCall(simd.mul, { left: left!, right, axes, output }),
    ],
  },
});
