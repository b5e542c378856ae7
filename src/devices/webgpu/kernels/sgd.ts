import { sgdSource } from "../../../../kernels/sgd.gen.ts";
import type { SgdConstants } from "../../../../kernels/shapes.ts";
import type { Kernels } from "../../kernels.ts";
import type { Run } from "../kernel_record.ts";
import { type Elements, elements, elementwise } from "./_elementwise.ts";

type SgdShape = SgdConstants & Elements;

const step = elementwise<SgdShape>({
  name: "sgdStep",
  source: sgdSource,
  file: "kernels/sgd.wgsl",
  entryPoint: "sgdStep",
  bindings: ["read", "read", "write"],
  constants,
});

const momentumStep = elementwise<SgdShape>({
  name: "sgdStep",
  source: sgdSource,
  file: "kernels/sgd.wgsl",
  entryPoint: "sgdMomentumStep",
  bindings: ["read", "read", "write", "write"],
  constants,
});

function constants(options: SgdConstants): Record<string, number> {
  const { momentum, nesterov, weightDecay } = options;
  return { momentum, nesterov: Number(nesterov), weightDecay };
}

/** Steps of stochastic gradient descent. */
export function sgdKernels(run: Run): Pick<Kernels, "sgdStep"> {
  return {
    sgdStep(gradient, state, parameter, momentumBuffer, options) {
      const shape = { ...options, ...elements(parameter) };
      if (momentumBuffer === null) {
        run(step, shape, [gradient, state, parameter]);
      } else {
        run(momentumStep, shape, [gradient, state, parameter, momentumBuffer]);
      }
    },
  };
}
