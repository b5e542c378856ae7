import { dropoutSource } from "../../../../kernels/dropout.gen.ts";
import type { Kernels } from "../../kernels.ts";
import type { Run } from "../kernel_record.ts";
import { type Elements, elements, elementwise } from "./_elementwise.ts";

interface DropoutShape extends Elements {
  /** How likely an element is dropped. */
  probability: number;
}

const forward = elementwise<DropoutShape>({
  name: "dropoutForward",
  source: dropoutSource,
  file: "kernels/dropout.wgsl",
  entryPoint: "dropoutForward",
  bindings: ["read", "read", "write", "write"],
  constants: ({ probability }) => ({
    threshold: Math.min(Math.ceil(probability * 2 ** 32), 2 ** 32 - 1),
    // At probability 1 the largest hash is not below the largest threshold.
    kept: probability < 1 ? 1 / (1 - probability) : 0,
  }),
});

/** Drops elements at random and scales the rest. */
export function dropoutKernels(run: Run): Pick<Kernels, "dropoutForward"> {
  return {
    dropoutForward(x, state, mask, output, probability) {
      const shape = { ...elements(output), probability };
      run(forward, shape, [x, state, mask, output]);
    },
  };
}
