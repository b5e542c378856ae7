import { mulSource } from "../../../../kernels/mul.gen.ts";
import type { Kernels } from "../../kernels.ts";
import type { Run } from "../kernel_record.ts";
import { elements, elementwise } from "./_elementwise.ts";

const mul = elementwise({
  name: "mul",
  source: mulSource,
  file: "kernels/mul.wgsl",
  entryPoint: "mul",
  bindings: ["read", "read", "write"],
});

/** Products of two buffers, element by element. */
export function mulKernels(run: Run): Pick<Kernels, "mul"> {
  return {
    mul(left, right, output) {
      run(mul, elements(output), [left, right, output]);
    },
  };
}
