import { kernel } from "../kernel.ts";
import { elementwise } from "../lib/elementwise.ts";
import * as wgsl from "./adadelta.gen.ts";
import * as simd from "./simd.gen.ts";

/** The constants of Adadelta, as in PyTorch. */
export interface AdadeltaConstants {
  /** Decay of the running means. */
  readonly rho: number;
  /** Added to both means under their roots. */
  readonly eps: number;
  /** L2 penalty: `weightDecay · parameter` is added to the gradient. */
  readonly weightDecay: number;
}

/**
 * One step of Adadelta (Zeiler, "ADADELTA: An Adaptive Learning Rate Method",
 * 2012), as PyTorch has it: the learning rate (`[1]`) multiplies the move, not
 * the mean of moves. `squareAvg`, the mean of squared gradients, and `accDelta`,
 * that of squared moves, start as zeros. Any shape.
 */
export const adadeltaStep = /* @__PURE__ */ kernel({
  name: "adadeltaStep",
  operands: {
    gradient: "read",
    learningRate: "read",
    parameter: "update",
    squareAvg: "update",
    accDelta: "update",
  },
  reference(
    { accDelta, gradient, learningRate, parameter, squareAvg },
    { eps, rho, weightDecay }: AdadeltaConstants,
  ) {
    for (let i = 0; i < parameter.length; i++) {
      const slope = gradient[i] + weightDecay * parameter[i];
      squareAvg[i] = rho * squareAvg[i] + (1 - rho) * slope * slope;
      const move = Math.sqrt(accDelta[i] + eps) /
        Math.sqrt(squareAvg[i] + eps) * slope;
      accDelta[i] = rho * accDelta[i] + (1 - rho) * move * move;
      parameter[i] -= learningRate[0] * move;
    }
  },
  webgpu: (operands, { eps, rho, weightDecay }) => [
    elementwise(
      wgsl.adadeltaStep,
      operands.parameter.buffer.length,
      operands,
      { rho, rest: 1 - rho, eps, weightDecay },
    ),
  ],
  wasm(operands, constants) {
    const { length } = operands.parameter.buffer;
    const args = { ...operands, length, ...constants, rest: 1 - constants.rho };
    return [simd.adadeltaStep(args, { work: length * 4 })];
  },
});
