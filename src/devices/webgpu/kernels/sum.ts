import { sumSource } from "../../../../kernels/sum.gen.ts";
import { Between, type Scratch } from "../../scratch.ts";
import type { Kernels } from "../../kernels.ts";
import type { KernelRecord, Run } from "../kernel_record.ts";
import {
  type Elements,
  elements,
  elementwise,
  workgroupSize,
} from "./_elementwise.ts";

/** Elements that an invocation adds before another workgroup is worth its while. */
const elementsEach = 16;

/** The most workgroups that share a sum, each with one of its own. */
const mostSums = 1024;

interface Factor {
  /** What the sum is multiplied with. */
  factor: number;
}

interface Sums extends Factor {
  /** Workgroups, and sums. */
  sums: number;
}

const sum: KernelRecord<Sums> = {
  name: "sum",
  source: sumSource,
  file: "kernels/sum.wgsl",
  entryPoint: "sum",
  bindings: ["read", "write"],
  constants: ({ factor }) => ({ factor, workgroupSize }),
  workgroups: ({ sums }) => [sums, 1, 1],
};

const expand = elementwise<Factor & Elements>({
  name: "expand",
  source: sumSource,
  file: "kernels/sum.wgsl",
  entryPoint: "expand",
  bindings: ["read", "write"],
  constants: ({ factor }) => ({ factor }),
});

/**
 * The sum of a buffer times a factor, and its gradient. A long buffer is summed
 * in parts, and then the sums of these.
 */
export function sumKernels(
  run: Run,
  scratch: Scratch,
): Pick<Kernels, "sum" | "expand"> {
  return {
    sum(x, output, factor) {
      const groups = Math.ceil(
        x.buffer.length / (workgroupSize * elementsEach),
      );
      const sums = Math.min(groups, mostSums);
      if (sums === 1) return run(sum, { factor, sums }, [x, output]);
      using parts = new Between(scratch, "f32", sums);
      run(sum, { factor: 1, sums }, [x, parts]);
      run(sum, { factor, sums: 1 }, [parts, output]);
    },
    expand(scalar, output, factor) {
      run(expand, { ...elements(output), factor }, [scalar, output]);
    },
  };
}
