import {
  type BinaryKernels,
  binaryKernels,
  broadcastCall,
} from "../lib/binary.ts";
import * as simd from "./simd.gen.ts";

/** `left − right`. */
export const subKernels: BinaryKernels = /* @__PURE__ */ binaryKernels({
  name: "sub",
  reference: { value: (a, b) => a - b, left: (g) => g, right: (g) => -g },
  wgsl: { value: "a - b", left: "g", right: "-g" },
  simd: {
    value: simd.sub,
    right: ({ gradOutput: g, gradient: output }) => [
      broadcastCall(simd.negative, { left: g, right: g, axes: null, output }),
    ],
  },
});
