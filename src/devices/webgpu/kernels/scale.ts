import { scaleSource } from "../../../../kernels/scale.gen.ts";
import type { Kernels } from "../../kernels.ts";
import type { Run } from "../kernel_record.ts";
import { elements, elementwise } from "./_elementwise.ts";

const scale = elementwise({
  name: "scale",
  source: scaleSource,
  file: "kernels/scale.wgsl",
  entryPoint: "scale",
  bindings: ["read", "read", "write"],
});

/** A buffer times one number. */
export function scaleKernels(run: Run): Pick<Kernels, "scale"> {
  return {
    scale(x, factor, output) {
      run(scale, elements(output), [x, factor, output]);
    },
  };
}
