import { conv2dForward } from "../../../../kernels/conv2d/conv2d.ts";
import {
  winogradForward,
  winogradGradient,
} from "../../../../kernels/conv2d/winograd/winograd.ts";
import { fill } from "../../../../kernels/fill/fill.ts";
import {
  batchNorm2dInvStd,
  batchNorm2dStatistics,
} from "../../../../kernels/batch_norm2d/batch_norm2d.ts";
import type { ConvBlockShape } from "../../../../kernels/shapes.ts";
import {
  composedConvBlock,
  type ConvBlockKernels,
  isHalving,
  normalisation,
  ownOrComposed,
} from "../../_conv_block.ts";
import { Between, type Scratch } from "../../scratch.ts";
import type { Operand } from "../../device.ts";
import type { Caller } from "../_call.ts";

/**
 * A block of convolution, batch normalisation, ReLU and max pooling: beside the
 * convolutions, one pass forth and two back. Other poolings than 2 by 2 are
 * composed of the single kernels.
 *
 * @param caller Runs kernels.
 * @param scratch Where the tensors between kernels live.
 */
export function convBlock(
  caller: Caller,
  scratch: Scratch,
): ConvBlockKernels {
  /** Normalises, rectifies and pools. */
  const finish = (
    operands: readonly Operand[],
    { convolution }: ConvBlockShape,
  ) => {
    const { batch, outChannels, outHeight, outWidth } = convolution;
    const sizes = [batch, outChannels, outHeight, outWidth];
    const words = [...operands.map(caller.pointer), ...sizes];
    caller.run("convBlockFinish", words, elements(convolution));
  };

  const own: ConvBlockKernels = {
    convBlockForward(operands, shape, momentum) {
      const { bias, convolved, scale, shift, weight, x } = operands;
      const { inverseDeviation, mean } = operands;
      const convolution = { x, weight, bias, output: convolved };
      scratch.run(winogradForward, convolution, shape.convolution);
      scratch.run(batchNorm2dStatistics, {
        x: convolved,
        runningMean: operands.runningMean,
        runningVar: operands.runningVariance,
        numBatchesTracked: operands.batches,
        mean,
        invStd: inverseDeviation,
      }, { ...normalisation(shape), momentum });
      const statistics = [mean, inverseDeviation, scale, shift];
      const results = [operands.output, operands.indices];
      finish([convolved, ...statistics, ...results], shape);
    },
    convBlockEvalForward(operands, shape) {
      const { bias, output, scale, shift, weight, x } = operands;
      const { runningMean, runningVariance } = operands;
      const { convolution } = shape;
      using convolved = new Between(scratch, "f32", elements(convolution));
      using inverse = new Between(scratch, "f32", convolution.outChannels);
      using picked = new Between(scratch, "f32", output.buffer.length);
      // A single prediction: its digits count more than its time.
      const forward = caller.recording ? winogradForward : conv2dForward;
      const given = { x, weight, bias, output: convolved };
      scratch.run(forward, given, convolution);
      const norm = normalisation(shape);
      scratch.run(batchNorm2dInvStd, {
        variance: runningVariance,
        invStd: inverse,
      }, norm);
      const statistics = [runningMean, inverse, scale, shift];
      finish([convolved, ...statistics, output, picked], shape);
    },
    convBlockGradient(operands, shape) {
      const { convolved, gradOutput, indices, output, weight, x } = operands;
      const { inverseDeviation, mean, scale } = operands;
      const { gradBias, gradScale, gradShift, gradWeight, gradX } = operands;
      const { convolution, pooling } = shape;
      const { batch, outChannels, outHeight, outWidth } = convolution;
      using gradConvolved = new Between(scratch, "f32", elements(convolution));
      const note = [gradOutput, output, indices];
      const area = pooling.outHeight * pooling.outWidth;
      const sums = [mean, inverseDeviation, gradScale, gradShift];
      caller.run(
        "convBlockSums",
        [...[...note, ...sums].map(caller.pointer), batch, outChannels, area],
        batch * outChannels * area,
      );
      const constants = [mean, inverseDeviation, scale, gradScale, gradShift];
      const all = [...note, convolved, ...constants, gradConvolved];
      const sizes = [batch, outChannels, outHeight, outWidth];
      const words = [...all.map(caller.pointer), ...sizes];
      caller.run("convBlockSpread", words, elements(convolution));
      scratch.run(winogradGradient, {
        gradOutput: gradConvolved,
        x,
        weight,
        gradX,
        gradWeight,
      }, convolution);
      // The normalisation takes the mean away, whatever the bias was.
      if (gradBias) scratch.run(fill, { output: gradBias }, 0);
    },
  };
  const composed = composedConvBlock(scratch);
  return ownOrComposed(own, isHalving, composed);
}

/** Elements of a convolution's output. */
function elements(shape: ConvBlockShape["convolution"]): number {
  return shape.batch * shape.outChannels * shape.outHeight * shape.outWidth;
}
