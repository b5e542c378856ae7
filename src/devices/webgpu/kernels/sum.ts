import { sumSource } from "../../../../kernels/sum.gen.ts";
import type { Kernels } from "../../kernels.ts";
import type { KernelRecord, Run } from "../kernel_record.ts";
import {
  type Elements,
  elements,
  elementwise,
  workgroupSize,
} from "./_elementwise.ts";

interface Factor {
  /** What the sum is multiplied with. */
  factor: number;
}

const sum: KernelRecord<Factor> = {
  name: "sum",
  source: sumSource,
  file: "kernels/sum.wgsl",
  entryPoint: "sum",
  bindings: ["read", "write"],
  constants: ({ factor }) => ({ factor, workgroupSize }),
  workgroups: () => [1, 1, 1],
};

const expand = elementwise<Factor & Elements>({
  name: "expand",
  source: sumSource,
  file: "kernels/sum.wgsl",
  entryPoint: "expand",
  bindings: ["read", "write"],
  constants: ({ factor }) => ({ factor }),
});

/** The sum of a buffer times a factor, and its gradient. */
export function sumKernels(run: Run): Pick<Kernels, "sum" | "expand"> {
  return {
    sum(x, output, factor) {
      run(sum, { factor }, [x, output]);
    },
    expand(scalar, output, factor) {
      run(expand, { ...elements(output), factor }, [scalar, output]);
    },
  };
}
