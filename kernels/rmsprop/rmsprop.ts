import { kernel } from "../kernel.ts";
import { elementwise } from "../lib/elementwise.ts";
import * as wgsl from "./rmsprop.gen.ts";
import * as simd from "./simd.gen.ts";

/** The constants of RMSprop, as in PyTorch. */
export interface RmspropConstants {
  /** Decay of the running means. */
  readonly alpha: number;
  /** Added to the root of the squared gradient's mean. */
  readonly eps: number;
  /** Decay of the momentum buffer; 0 keeps none. */
  readonly momentum: number;
  /** L2 penalty: `weightDecay · parameter` is added to the gradient. */
  readonly weightDecay: number;
}

/**
 * One step of RMSprop (Hinton, "Neural Networks for Machine Learning", lecture
 * 6, 2012), with `eps` outside the root, as PyTorch has it. The learning rate is
 * `[1]`. `gradAvg` is null unless the mean gradient is subtracted from the second
 * moment (centered), `momentumBuffer` without momentum. All state starts as
 * zeros. Any shape.
 */
export const rmspropStep = /* @__PURE__ */ kernel({
  name: "rmspropStep",
  operands: {
    gradient: "read",
    learningRate: "read",
    parameter: "update",
    squareAvg: "update",
    gradAvg: "update?",
    momentumBuffer: "update?",
  },
  reference(
    { gradAvg, gradient, learningRate, momentumBuffer, parameter, squareAvg },
    { alpha, eps, momentum, weightDecay }: RmspropConstants,
  ) {
    for (let i = 0; i < parameter.length; i++) {
      const slope = gradient[i] + weightDecay * parameter[i];
      squareAvg[i] = alpha * squareAvg[i] + (1 - alpha) * slope * slope;
      let square = squareAvg[i];
      if (gradAvg !== null) {
        gradAvg[i] = alpha * gradAvg[i] + (1 - alpha) * slope;
        square -= gradAvg[i] * gradAvg[i];
      }
      let direction = slope / (Math.sqrt(square) + eps);
      if (momentumBuffer !== null) {
        direction += momentum * momentumBuffer[i];
        momentumBuffer[i] = direction;
      }
      parameter[i] -= learningRate[0] * direction;
    }
  },
  webgpu(
    { gradAvg, momentumBuffer, ...operands },
    { alpha, eps, momentum, weightDecay },
  ) {
    const { length } = operands.parameter.buffer;
    const constants = { alpha, rest: 1 - alpha, eps, weightDecay };
    if (momentumBuffer === null) {
      return [
        gradAvg === null
          ? elementwise(wgsl.rmspropStep, length, operands, constants)
          : elementwise(
            wgsl.centeredStep,
            length,
            { ...operands, gradAvg },
            constants,
          ),
      ];
    }
    const moving = { ...constants, momentum };
    return [
      gradAvg === null
        ? elementwise(
          wgsl.momentumStep,
          length,
          { ...operands, momentumBuffer },
          moving,
        )
        : elementwise(
          wgsl.centeredMomentumStep,
          length,
          { ...operands, gradAvg, momentumBuffer },
          moving,
        ),
    ];
  },
  wasm(operands, constants) {
    const { length } = operands.parameter.buffer;
    const rest = 1 - constants.alpha;
    const args = { ...operands, length, ...constants, rest };
    return [simd.rmspropStep(args, { work: length * 4 })];
  },
});
