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
  type SingleKernels,
} from "../../_conv_block.ts";
import { Between, type Scratch } from "../../scratch.ts";
import type { Operand } from "../../device.ts";
import type { Caller } from "../_call.ts";
import { type Winograd, winograd } from "./winograd.ts";

/**
 * A block of convolution, batch normalisation, ReLU and max pooling: beside the
 * convolutions, one pass forth and two back. Other poolings than 2 by 2 are
 * composed of the single kernels.
 *
 * @param caller Runs kernels.
 * @param single The single kernels.
 * @param scratch Where the tensors between kernels live.
 */
export function convBlock(
  caller: Caller,
  single: SingleKernels,
  scratch: Scratch,
): ConvBlockKernels {
  const fast = winograd(caller, scratch);

  const convolve: SingleKernels["conv2dForward"] = (...given) => {
    const way = fast.fits(given[4]) ? fast.forward : single.conv2dForward;
    way(...given);
  };

  const differentiate: Winograd["gradients"] = (...given) => {
    const [gradOutput, x, weight, gradX, gradWeight, shape] = given;
    if (fast.fits(shape)) return fast.gradients(...given);
    if (gradX) single.conv2dInputGradient(gradOutput, weight, gradX, shape);
    if (gradWeight) {
      single.conv2dWeightGradient(gradOutput, x, gradWeight, shape);
    }
  };

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
      convolve(x, weight, bias, convolved, shape.convolution);
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
      const way = caller.recording ? convolve : single.conv2dForward;
      way(x, weight, bias, convolved, convolution);
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
      const wanted = [gradX, gradWeight] as const;
      differentiate(gradConvolved, x, weight, ...wanted, convolution);
      // The normalisation takes the mean away, whatever the bias was.
      if (gradBias) scratch.run(fill, { output: gradBias }, 0);
    },
  };
  const composed = composedConvBlock(single, scratch);
  return ownOrComposed(own, isHalving, composed);
}

/** Elements of a convolution's output. */
function elements(shape: ConvBlockShape["convolution"]): number {
  return shape.batch * shape.outChannels * shape.outHeight * shape.outWidth;
}
