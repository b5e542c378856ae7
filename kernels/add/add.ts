import { type BinaryKernels, binaryKernels } from "../lib/binary.ts";
import * as simd from "./simd.gen.ts";

/** `left + right`. */
export const addKernels: BinaryKernels = /* @__PURE__ */ binaryKernels({
  name: "add",
  reference: {
    value: (a, b) => a + b,
    left: (g) => g,
    right: (g) => g,
  },
  wgsl: { value: "a + b", left: "g", right: "g" },
  simd: { value: simd.add },
});
