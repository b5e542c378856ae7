import { reluSource } from "../../../../kernels/relu.gen.ts";
import type { Kernels } from "../../kernels.ts";
import type { Run } from "../kernel_record.ts";
import { elements, elementwise } from "./_elementwise.ts";

const forward = elementwise({
  name: "reluForward",
  source: reluSource,
  file: "kernels/relu.wgsl",
  entryPoint: "reluForward",
  bindings: ["read", "write"],
});

const gradient = elementwise({
  name: "reluGradient",
  source: reluSource,
  file: "kernels/relu.wgsl",
  entryPoint: "reluGradient",
  bindings: ["read", "read", "write"],
});

/** max(x, 0) and its gradient. */
export function reluKernels(
  run: Run,
): Pick<Kernels, "reluForward" | "reluGradient"> {
  return {
    reluForward(x, output) {
      run(forward, elements(output), [x, output]);
    },
    reluGradient(gradOutput, output, gradX) {
      run(gradient, elements(gradX), [gradOutput, output, gradX]);
    },
  };
}
