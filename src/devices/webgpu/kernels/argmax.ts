import { argmaxSource } from "../../../../kernels/argmax.gen.ts";
import type { ClassesShape } from "../../../../kernels/shapes.ts";
import type { Kernels } from "../../kernels.ts";
import { type KernelRecord, line, type Run } from "../kernel_record.ts";
import { reductionPasses, workgroupSize } from "./_elementwise.ts";

const argmax: KernelRecord<ClassesShape> = {
  name: "argmax",
  source: argmaxSource,
  file: "kernels/argmax.wgsl",
  entryPoint: "argmax",
  bindings: ["read", "write"],
  constants: ({ batch, classes }) => ({ batch, classes, workgroupSize }),
  workgroups: ({ batch }) => line(batch, workgroupSize),
  passes: ({ classes }) => classes,
};

const correctCount: KernelRecord<ClassesShape> = {
  name: "correctCount",
  source: argmaxSource,
  file: "kernels/argmax.wgsl",
  entryPoint: "correctCount",
  bindings: ["read", "read", "write"],
  constants: ({ batch, classes }) => ({ batch, classes, workgroupSize }),
  workgroups: () => [1, 1, 1],
  passes: ({ batch, classes }) => reductionPasses(batch) * classes,
};

/** The column of the largest score, and how often it is the label's. */
export function argmaxKernels(
  run: Run,
): Pick<Kernels, "argmax" | "correctCount"> {
  return {
    argmax(scores, output, shape) {
      run(argmax, shape, [scores, output]);
    },
    correctCount(scores, labels, output, shape) {
      run(correctCount, shape, [scores, labels, output]);
    },
  };
}
