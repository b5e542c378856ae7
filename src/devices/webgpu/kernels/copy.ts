import { copySource } from "../../../../kernels/copy.gen.ts";
import type { Kernels } from "../../kernels.ts";
import type { Run } from "../kernel_record.ts";
import { elementwise } from "./_elementwise.ts";

const copy = elementwise({
  name: "copy",
  source: copySource,
  file: "kernels/copy.wgsl",
  entryPoint: "copy",
  bindings: ["read", "write"],
});

/** Copies of buffers of any type. */
export function copyKernels(run: Run): Pick<Kernels, "copy"> {
  return {
    copy(source, output) {
      const { dtype, length } = output.buffer;
      const words = dtype === "u8" ? Math.ceil(length / 4) : length;
      run(copy, { length: words }, [source, output]);
    },
  };
}
