import { float, type KernelsOf } from "../_call.ts";

/** Steps of the optimizers. */
export const optimizers: KernelsOf<"adamStep"> = (caller) => ({
  adamStep(gradient, state, parameter, expAvg, expAvgSq, options) {
    const { beta1, beta2, eps, weightDecay } = options;
    const { length } = parameter.buffer;
    const operands = [gradient, state, parameter, expAvg, expAvgSq];
    const constants = [beta1, beta2, 1 - beta1, 1 - beta2, eps, weightDecay];
    const pointers = operands.map(caller.pointer);
    const words = [...pointers, length, ...constants.map(float)];
    caller.run("adamStep", words, length * 4);
  },
});
