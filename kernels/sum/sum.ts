import { type ReductionKernels, reductionKernels } from "../lib/reduction.ts";
import * as simd from "./simd.gen.ts";

/** `factor · Σ x`. */
export const sumKernels: ReductionKernels = /* @__PURE__ */ reductionKernels({
  name: "sum",
  reference: {
    initial: 0,
    combine: (total, x) => total + x,
    gradient: (g) => g,
  },
  wgsl: { initial: "0.0", combine: "total + x", gradient: "g" },
  simd: {
    forward({ output, x }, factor, cpu) {
      const { length } = x.buffer;
      const sums = cpu.threadMemory(8).pointer;
      const count = cpu.parts(length);
      return [
        simd.sumOfParts({ x, sums, length }, { work: length }),
        simd.sumOfSums({ sums, output, count, factor }),
      ];
    },
    gradient({ gradOutput, gradX }, factor) {
      const { length } = gradX.buffer;
      const args = { scalar: gradOutput, output: gradX, length, factor };
      return [simd.expand(args, { work: length })];
    },
  },
});
