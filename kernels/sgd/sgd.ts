import { kernel } from "../kernel.ts";
import { elementwise } from "../lib/elementwise.ts";
import * as wgsl from "./sgd.gen.ts";
import * as simd from "./simd.gen.ts";

/** The constants of stochastic gradient descent, as in PyTorch. */
export interface SgdConstants {
  /** Decay of the momentum buffer; 0 keeps none. */
  readonly momentum: number;
  /** Share of a gradient that is kept out of the momentum buffer. */
  readonly dampening: number;
  /** L2 penalty: `weightDecay · parameter` is added to the gradient. */
  readonly weightDecay: number;
  /** Whether the step looks ahead along the momentum. */
  readonly nesterov: boolean;
}

/**
 * One step of stochastic gradient descent, as PyTorch has it: the learning rate
 * (`[1]`) multiplies the whole momentum, not the gradients in it. The momentum
 * buffer starts as zeros and is null without momentum. Any shape.
 */
export const sgdStep = /* @__PURE__ */ kernel({
  name: "sgdStep",
  operands: {
    gradient: "read",
    learningRate: "read",
    parameter: "update",
    momentumBuffer: "update?",
  },
  reference(
    { gradient, learningRate, momentumBuffer, parameter },
    { dampening, momentum, nesterov, weightDecay }: SgdConstants,
  ) {
    for (let i = 0; i < parameter.length; i++) {
      let slope = gradient[i] + weightDecay * parameter[i];
      if (momentumBuffer !== null) {
        momentumBuffer[i] = momentum * momentumBuffer[i] +
          (1 - dampening) * slope;
        slope = nesterov
          ? slope + momentum * momentumBuffer[i]
          : momentumBuffer[i];
      }
      parameter[i] -= learningRate[0] * slope;
    }
  },
  webgpu(
    { gradient, learningRate, momentumBuffer, parameter },
    { dampening, momentum, nesterov, weightDecay },
  ) {
    const { length } = parameter.buffer;
    const operands = { gradient, learningRate, parameter };
    if (momentumBuffer === null) {
      return [elementwise(wgsl.sgdStep, length, operands, { weightDecay })];
    }
    return [
      elementwise(
        wgsl.sgdMomentumStep,
        length,
        { ...operands, momentumBuffer },
        {
          weightDecay,
          momentum,
          rest: 1 - dampening,
          nesterov: Number(nesterov),
        },
      ),
    ];
  },
  wasm(operands, { dampening, momentum, nesterov, weightDecay }) {
    const { length } = operands.parameter.buffer;
    return [
      simd.sgdStep({
        ...operands,
        length,
        momentum,
        rest: 1 - dampening,
        weightDecay,
        nesterov: Number(nesterov),
      }, { work: length * 2 }),
    ];
  },
});
