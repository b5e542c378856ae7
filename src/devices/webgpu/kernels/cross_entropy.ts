import { crossEntropySource } from "../../../../kernels/cross_entropy.gen.ts";
import type { CrossEntropyShape } from "../../../../kernels/shapes.ts";
import type { Kernels } from "../../kernels.ts";
import { type KernelRecord, line, type Run } from "../kernel_record.ts";
import { reductionPasses, workgroupSize } from "./_elementwise.ts";

const forward: KernelRecord<CrossEntropyShape> = {
  name: "crossEntropyForward",
  source: crossEntropySource,
  file: "kernels/cross_entropy.wgsl",
  entryPoint: "crossEntropyForward",
  bindings: ["read", "read", "write", "write"],
  constants,
  workgroups: () => [1, 1, 1],
  passes: ({ batch, classes }) => reductionPasses(batch) * (3 * classes + 1),
};

const gradient: KernelRecord<CrossEntropyShape> = {
  name: "crossEntropyGradient",
  source: crossEntropySource,
  file: "kernels/cross_entropy.wgsl",
  entryPoint: "crossEntropyGradient",
  bindings: ["read", "read", "read", "write"],
  constants,
  workgroups: ({ batch, classes }) => line(batch * classes, workgroupSize),
};

function constants({ batch, classes, labelSmoothing = 0 }: CrossEntropyShape) {
  return { batch, classes, labelSmoothing, workgroupSize };
}

/** Cross-entropy of logits and labels, and its gradient. */
export function crossEntropyKernels(
  run: Run,
): Pick<Kernels, "crossEntropyForward" | "crossEntropyGradient"> {
  return {
    crossEntropyForward(logits, labels, probabilities, loss, shape) {
      run(forward, shape, [logits, labels, probabilities, loss]);
    },
    crossEntropyGradient(gradLoss, probabilities, labels, gradLogits, shape) {
      run(gradient, shape, [gradLoss, probabilities, labels, gradLogits]);
    },
  };
}
