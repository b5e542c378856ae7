import { adamSource } from "../../../../kernels/adam.gen.ts";
import type { AdamConstants } from "../../../../kernels/shapes.ts";
import type { Kernels } from "../../kernels.ts";
import type { KernelRecord, Run } from "../kernel_record.ts";
import { type Elements, elements, elementwise } from "./_elementwise.ts";

const advance: KernelRecord<AdamConstants> = {
  name: "adamAdvance",
  source: adamSource,
  file: "kernels/adam.wgsl",
  entryPoint: "adamAdvance",
  bindings: ["write"],
  constants: decays,
  workgroups: () => [1, 1, 1],
};

const decay = elementwise<{ weightDecay: number } & Elements>({
  name: "adamDecay",
  source: adamSource,
  file: "kernels/adam.wgsl",
  entryPoint: "adamDecay",
  bindings: ["read", "write"],
  constants: ({ weightDecay }) => ({ weightDecay }),
});

const step = elementwise<AdamConstants & Elements>({
  name: "adamStep",
  source: adamSource,
  file: "kernels/adam.wgsl",
  entryPoint: "adamStep",
  bindings: ["read", "read", "write", "write", "write"],
  constants: (shape) => ({
    ...decays(shape),
    eps: shape.eps,
    weightDecay: shape.weightDecay,
  }),
});

function decays({ beta1, beta2 }: AdamConstants): Record<string, number> {
  return { beta1, beta2, rest1: 1 - beta1, rest2: 1 - beta2 };
}

/** Steps of Adam. */
export function adamKernels(
  run: Run,
): Pick<Kernels, "adamAdvance" | "adamDecay" | "adamStep"> {
  return {
    adamAdvance(state, options) {
      run(advance, options, [state]);
    },
    adamDecay(state, parameter, weightDecay) {
      const shape = { weightDecay, ...elements(parameter) };
      run(decay, shape, [state, parameter]);
    },
    adamStep(gradient, state, parameter, expAvg, expAvgSq, options) {
      const shape = { ...options, ...elements(parameter) };
      run(step, shape, [gradient, state, parameter, expAvg, expAvgSq]);
    },
  };
}
