import {
  conv2dBiasGradient,
  conv2dForward,
  conv2dInputGradient,
  conv2dWeightGradient,
} from "../../kernels/conv2d/conv2d.ts";
import {
  maxPool2dForward,
  maxPool2dGradient,
} from "../../kernels/max_pool2d/max_pool2d.ts";
import {
  batchNorm2dInputGradient,
  batchNorm2dInvStd,
  batchNorm2dNormalise,
  batchNorm2dParameterGradient,
  type BatchNorm2dShape,
  batchNorm2dStatistics,
} from "../../kernels/batch_norm2d/batch_norm2d.ts";
import { reluKernels } from "../../kernels/relu/relu.ts";
import type { ConvBlockShape } from "../../kernels/shapes.ts";
import { Between, type Scratch } from "./scratch.ts";
import type { DType } from "./device.ts";
import type { ConvBlockForwardOperands, Kernels } from "./kernels.ts";

/** The kernels of a whole block. */
export type ConvBlockKernels = Pick<
  Kernels,
  "convBlockForward" | "convBlockEvalForward" | "convBlockGradient"
>;

/** The other kernels, of which a block can be made. */
export type SingleKernels = Omit<Kernels, keyof ConvBlockKernels>;

/**
 * A block made of the single kernels, one after another: for a device without
 * kernels of its own for it, and the measure of those that have them.
 *
 * @param scratch Where the tensors between them live.
 */
export function composedConvBlock(
  scratch: Scratch,
): ConvBlockKernels {
  const between = (length: number, dtype: DType = "f32") =>
    new Between(scratch, dtype, length);
  return {
    convBlockForward(operands, shape, momentum) {
      const { batches, bias, convolved, weight, x } = operands;
      const { inverseDeviation, mean, runningMean, runningVariance } = operands;
      scratch.run(conv2dForward, {
        x,
        weight,
        bias,
        output: convolved,
      }, shape.convolution);
      scratch.run(batchNorm2dStatistics, {
        x: convolved,
        runningMean,
        runningVar: runningVariance,
        numBatchesTracked: batches,
        mean,
        invStd: inverseDeviation,
      }, { ...normalisation(shape), momentum });
      finish(operands, shape);
    },
    convBlockEvalForward(operands, shape) {
      const { bias, output, runningMean, runningVariance, weight, x } =
        operands;
      const norm = normalisation(shape);
      using convolved = between(size(norm));
      using inverseDeviation = between(norm.channels);
      using indices = between(output.buffer.length, "i32");
      scratch.run(conv2dForward, {
        x,
        weight,
        bias,
        output: convolved,
      }, shape.convolution);
      scratch.run(batchNorm2dInvStd, {
        variance: runningVariance,
        invStd: inverseDeviation,
      }, norm);
      const mean = runningMean;
      finish(
        { ...operands, convolved, mean, inverseDeviation, indices },
        shape,
      );
    },
    convBlockGradient(operands, shape) {
      const { convolved, gradOutput, indices, output, weight, x } = operands;
      const { inverseDeviation, mean, scale } = operands;
      const { gradBias, gradScale, gradShift, gradWeight, gradX } = operands;
      const { convolution, pooling } = shape;
      const norm = normalisation(shape);
      using gradConvolved = between(size(norm));
      {
        // The pooling has picked elements of the ReLU's output, so that the
        // ReLU can be undone on these few.
        using gradPicked = between(gradOutput.buffer.length);
        using gradNormalised = between(size(norm));
        scratch.run(reluKernels.gradient, {
          gradOutput,
          x: null,
          output,
          gradX: gradPicked,
        });
        scratch.run(maxPool2dGradient, {
          gradOutput: gradPicked,
          indices,
          gradX: gradNormalised,
        }, pooling);
        const given = {
          gradOutput: gradNormalised,
          x: convolved,
          mean,
          invStd: inverseDeviation,
          gradWeight: gradScale,
          gradBias: gradShift,
        };
        scratch.run(batchNorm2dParameterGradient, given, norm);
        scratch.run(batchNorm2dInputGradient, {
          ...given,
          weight: scale,
          gradX: gradConvolved,
        }, norm);
      }
      if (gradX) {
        scratch.run(conv2dInputGradient, {
          gradOutput: gradConvolved,
          weight,
          gradX,
        }, convolution);
      }
      if (gradWeight) {
        scratch.run(conv2dWeightGradient, {
          gradOutput: gradConvolved,
          x,
          gradWeight,
        }, convolution);
      }
      if (gradBias) {
        scratch.run(conv2dBiasGradient, {
          gradOutput: gradConvolved,
          gradBias,
        }, convolution);
      }
    },
  };

  /** From the convolution's output to that of the block. */
  function finish(
    { convolved, indices, inverseDeviation, mean, output, scale, shift }: Omit<
      ConvBlockForwardOperands,
      "batches"
    >,
    shape: ConvBlockShape,
  ): void {
    const norm = normalisation(shape);
    using normalised = between(size(norm));
    using rectified = between(size(norm));
    scratch.run(batchNorm2dNormalise, {
      x: convolved,
      mean,
      invStd: inverseDeviation,
      weight: scale,
      bias: shift,
      output: normalised,
    }, norm);
    scratch.run(reluKernels.forward, { x: normalised, output: rectified });
    const operands = { x: rectified, output, indices };
    scratch.run(maxPool2dForward, operands, shape.pooling);
  }
}

/** Blocks by a device's own kernels where they fit, and else composed ones. */
export function ownOrComposed(
  own: ConvBlockKernels,
  fits: (shape: ConvBlockShape) => boolean,
  composed: ConvBlockKernels,
): ConvBlockKernels {
  const kernelsFor = (shape: ConvBlockShape) => fits(shape) ? own : composed;
  return {
    convBlockForward: (operands, shape, momentum) =>
      kernelsFor(shape).convBlockForward(operands, shape, momentum),
    convBlockEvalForward: (operands, shape) =>
      kernelsFor(shape).convBlockEvalForward(operands, shape),
    convBlockGradient: (operands, shape) =>
      kernelsFor(shape).convBlockGradient(operands, shape),
  };
}

/** Whether the pooling's windows are 2×2, side by side. */
export function isHalving({ pooling }: ConvBlockShape): boolean {
  const { dilationHeight, dilationWidth, kernelHeight, kernelWidth } = pooling;
  const { paddingHeight, paddingWidth, strideHeight, strideWidth } = pooling;
  const twos = [kernelHeight, kernelWidth, strideHeight, strideWidth];
  return twos.every((size) => size === 2) &&
    paddingHeight === 0 && paddingWidth === 0 &&
    dilationHeight === 1 && dilationWidth === 1;
}

/** The batch normalisation within a block. */
export function normalisation(shape: ConvBlockShape): BatchNorm2dShape {
  const { batch, outChannels, outHeight, outWidth } = shape.convolution;
  const area = outHeight * outWidth;
  return { batch, channels: outChannels, area, eps: shape.eps };
}

function size({ area, batch, channels }: BatchNorm2dShape): number {
  return batch * channels * area;
}
