import { crossEntropySource } from "../../../../kernels/cross_entropy.gen.ts";
import type { CrossEntropyShape } from "../../../../kernels/shapes.ts";
import { Output, type Scratch } from "../../scratch.ts";
import type { Kernels } from "../../kernels.ts";
import type { KernelRecord, Run } from "../kernel_record.ts";
import { reductionPasses, workgroupSize } from "./_elementwise.ts";

const crossEntropy: KernelRecord<CrossEntropyShape> = {
  name: "crossEntropy",
  source: crossEntropySource,
  file: "kernels/cross_entropy.wgsl",
  entryPoint: "crossEntropy",
  bindings: ["read", "read", "write", "write", "write"],
  constants: ({ batch, classes, labelSmoothing = 0 }) => ({
    batch,
    classes,
    labelSmoothing,
    workgroupSize,
  }),
  workgroups: () => [1, 1, 1],
  passes: ({ batch, classes }) => reductionPasses(batch) * (3 * classes + 1),
};

/** Cross-entropy of logits and labels, with its gradient. */
export function crossEntropyKernels(
  run: Run,
  scratch: Scratch,
): Pick<Kernels, "crossEntropy"> {
  return {
    crossEntropy(logits, labels, gradLogits, loss, sums, shape) {
      using totals = new Output(sums, scratch, "f32", 2);
      run(crossEntropy, shape, [logits, labels, gradLogits, loss, totals]);
    },
  };
}
