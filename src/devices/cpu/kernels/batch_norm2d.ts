import type { BatchNorm2dShape } from "../../../../kernels/shapes.ts";
import type { Operand } from "../../device.ts";
import { float, type KernelsOf } from "../_call.ts";

/** Batch normalisation. */
export const batchNorm2d: KernelsOf<
  | "batchNorm2dEvalInputGradient"
  | "batchNorm2dInputGradient"
  | "batchNorm2dInverseDeviation"
  | "batchNorm2dNormalise"
  | "batchNorm2dParameterGradient"
  | "batchNorm2dStatistics"
> = (caller) => {
  const run = (
    kernel: string,
    operands: readonly Operand[],
    { area, batch, channels }: BatchNorm2dShape,
    ...more: number[]
  ) => {
    const pointers = operands.map(caller.pointer);
    const words = [...pointers, batch, channels, area, ...more];
    caller.run(kernel, words, batch * channels * area);
  };
  return {
    batchNorm2dStatistics(
      x,
      runningMean,
      runningVariance,
      batches,
      mean,
      inverseDeviation,
      shape,
      momentum,
    ) {
      run(
        "batchNorm2dStatistics",
        [x, runningMean, runningVariance, mean, inverseDeviation],
        shape,
        float(shape.eps),
        float(momentum),
        caller.pointer(batches),
      );
    },
    batchNorm2dNormalise(
      x,
      mean,
      inverseDeviation,
      weight,
      bias,
      output,
      shape,
    ) {
      const operands = [x, mean, inverseDeviation, weight, bias, output];
      run("batchNorm2dNormalise", operands, shape);
    },
    batchNorm2dInverseDeviation(variance, output, { channels, eps }) {
      const pointers = [variance, output].map(caller.pointer);
      const words = [...pointers, channels, float(eps)];
      caller.run("batchNorm2dInverseDeviation", words, 0);
    },
    batchNorm2dParameterGradient(
      gradOutput,
      x,
      mean,
      inverseDeviation,
      gradWeight,
      gradBias,
      shape,
    ) {
      run(
        "batchNorm2dParameterGradient",
        [gradOutput, x, mean, inverseDeviation, gradWeight, gradBias],
        shape,
      );
    },
    batchNorm2dInputGradient(
      gradOutput,
      x,
      mean,
      inverseDeviation,
      weight,
      gradWeight,
      gradBias,
      gradX,
      shape,
    ) {
      const ofForward = [x, mean, inverseDeviation, weight];
      const operands = [gradOutput, ...ofForward, gradWeight, gradBias, gradX];
      run("batchNorm2dInputGradient", operands, shape);
    },
    batchNorm2dEvalInputGradient(
      gradOutput,
      inverseDeviation,
      weight,
      gradX,
      shape,
    ) {
      const operands = [gradOutput, inverseDeviation, weight, gradX];
      run("batchNorm2dEvalInputGradient", operands, shape);
    },
  };
};
