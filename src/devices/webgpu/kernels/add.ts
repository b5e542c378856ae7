import { addSource } from "../../../../kernels/add.gen.ts";
import type { Kernels } from "../../kernels.ts";
import type { Run } from "../kernel_record.ts";
import { elements, elementwise } from "./_elementwise.ts";

const add = elementwise({
  name: "add",
  source: addSource,
  file: "kernels/add.wgsl",
  entryPoint: "add",
  bindings: ["read", "read", "write"],
});

/** Sums of two buffers, element by element. */
export function addKernels(run: Run): Pick<Kernels, "add"> {
  return {
    add(left, right, output) {
      run(add, elements(output), [left, right, output]);
    },
  };
}
