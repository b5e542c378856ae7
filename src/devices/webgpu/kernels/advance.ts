import { advanceSource } from "../../../../kernels/advance.gen.ts";
import type { Kernels } from "../../kernels.ts";
import type { KernelRecord, Run } from "../kernel_record.ts";

const advance: KernelRecord<number> = {
  name: "advance",
  source: advanceSource,
  file: "kernels/advance.wgsl",
  entryPoint: "advance",
  bindings: ["write"],
  constants: (amount) => ({ amount }),
  workgroups: () => [1, 1, 1],
};

/** Moves counters. */
export function advanceKernels(run: Run): Pick<Kernels, "advance"> {
  return {
    advance(counter, amount) {
      run(advance, amount, [counter]);
    },
  };
}
