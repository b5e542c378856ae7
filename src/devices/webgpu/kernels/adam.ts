import { adamSource } from "../../../../kernels/adam.gen.ts";
import { ADAM_GROUP, type AdamConstants } from "../../../../kernels/shapes.ts";
import type { Kernels } from "../../kernels.ts";
import { type KernelRecord, line, type Run } from "../kernel_record.ts";
import { type Elements, elements, elementwise } from "./_elementwise.ts";

const decay = elementwise<{ weightDecay: number } & Elements>({
  name: "adamDecay",
  source: adamSource,
  file: "kernels/adam.wgsl",
  entryPoint: "adamDecay",
  bindings: ["read", "write"],
  constants: ({ weightDecay }) => ({ weightDecay }),
});

const step: KernelRecord<AdamConstants & Elements> = {
  name: "adamStep",
  source: adamSource,
  file: "kernels/adam.wgsl",
  entryPoint: "adamStep",
  bindings: ["read", "write", "write", "write", "write"],
  constants: ({ beta1, beta2, eps, weightDecay }) => ({
    beta1,
    beta2,
    rest1: 1 - beta1,
    rest2: 1 - beta2,
    eps,
    weightDecay,
    workgroupSize: ADAM_GROUP,
  }),
  workgroups: ({ length }) => line(length, ADAM_GROUP),
};

/** Steps of Adam. */
export function adamKernels(
  run: Run,
): Pick<Kernels, "adamDecay" | "adamStep"> {
  return {
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
