import { clipNormSource } from "../../../../kernels/clip_norm.gen.ts";
import type { Kernels } from "../../kernels.ts";
import type { KernelRecord, Run } from "../kernel_record.ts";
import {
  type Elements,
  elements,
  elementwise,
  workgroupSize,
} from "./_elementwise.ts";

const squares: KernelRecord<undefined> = {
  name: "sumOfSquares",
  source: clipNormSource,
  file: "kernels/clip_norm.wgsl",
  entryPoint: "sumOfSquares",
  bindings: ["read", "write"],
  constants: () => ({ workgroupSize }),
  workgroups: () => [1, 1, 1],
};

const clip = elementwise<{ maxNorm: number } & Elements>({
  name: "clipByNorm",
  source: clipNormSource,
  file: "kernels/clip_norm.wgsl",
  entryPoint: "clipByNorm",
  bindings: ["read", "write"],
  constants: ({ maxNorm }) => ({ maxNorm }),
});

/** Clips gradients by their common norm. */
export function clipNormKernels(
  run: Run,
): Pick<Kernels, "sumOfSquares" | "clipByNorm"> {
  return {
    sumOfSquares(x, output) {
      run(squares, undefined, [x, output]);
    },
    clipByNorm(squares, gradient, maxNorm) {
      run(clip, { maxNorm, ...elements(gradient) }, [squares, gradient]);
    },
  };
}
