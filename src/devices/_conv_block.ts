import type { BatchNorm2dShape, ConvBlockShape } from "../../kernels/shapes.ts";
import type { DeviceBuffer, DType, Lifetime, Operand } from "./device.ts";
import type { Kernels } from "./kernels.ts";

/** The kernels of a whole block. */
export type ConvBlockKernels = Pick<
  Kernels,
  "convBlockForward" | "convBlockEvalForward" | "convBlockGradient"
>;

/** The other kernels, of which a block can be made. */
export type SingleKernels = Omit<Kernels, keyof ConvBlockKernels>;

/** Memory for what lies between the kernels of a block. */
export interface Scratch {
  /** Gives a buffer with arbitrary content. */
  allocate(dtype: DType, length: number, lifetime?: Lifetime): DeviceBuffer;
  /** Takes it back. */
  release(buffer: DeviceBuffer): void;
}

/**
 * A block made of the single kernels, one after another: for a device without
 * kernels of its own for it, and the measure of those that have them.
 *
 * @param kernels The single kernels.
 * @param scratch Where the tensors between them live.
 */
export function composedConvBlock(
  kernels: SingleKernels,
  scratch: Scratch,
): ConvBlockKernels {
  const between = (length: number, dtype: DType = "f32") =>
    new Between(scratch, dtype, length);
  return {
    convBlockForward(
      x,
      weight,
      bias,
      scale,
      shift,
      runningMean,
      runningVariance,
      batches,
      convolved,
      mean,
      inverseDeviation,
      output,
      indices,
      shape,
      momentum,
    ) {
      const norm = normalisation(shape);
      kernels.conv2dForward(x, weight, bias, convolved, shape.convolution);
      kernels.batchNorm2dStatistics(
        convolved,
        runningMean,
        runningVariance,
        batches,
        mean,
        inverseDeviation,
        norm,
        momentum,
      );
      const statistics = [mean, inverseDeviation] as const;
      finish(convolved, statistics, scale, shift, output, indices, shape);
    },
    convBlockEvalForward(
      x,
      weight,
      bias,
      scale,
      shift,
      runningMean,
      runningVariance,
      output,
      shape,
    ) {
      const norm = normalisation(shape);
      using convolved = between(size(norm));
      using inverse = between(norm.channels);
      using indices = between(output.buffer.length, "i32");
      kernels.conv2dForward(x, weight, bias, convolved, shape.convolution);
      kernels.batchNorm2dInverseDeviation(runningVariance, inverse, norm);
      const statistics = [runningMean, inverse] as const;
      finish(convolved, statistics, scale, shift, output, indices, shape);
    },
    convBlockGradient(
      gradOutput,
      x,
      weight,
      scale,
      _shift,
      convolved,
      mean,
      inverseDeviation,
      output,
      indices,
      gradX,
      gradWeight,
      gradBias,
      gradScale,
      gradShift,
      shape,
    ) {
      const { convolution, pooling } = shape;
      const norm = normalisation(shape);
      using gradConvolved = between(size(norm));
      {
        // The pooling has picked elements of the ReLU's output, so that the
        // ReLU can be undone on these few.
        using gradPicked = between(gradOutput.buffer.length);
        using gradNormalised = between(size(norm));
        kernels.reluGradient(gradOutput, output, gradPicked);
        kernels.maxPool2dGradient(gradPicked, indices, gradNormalised, pooling);
        kernels.batchNorm2dParameterGradient(
          gradNormalised,
          convolved,
          mean,
          inverseDeviation,
          gradScale,
          gradShift,
          norm,
        );
        kernels.batchNorm2dInputGradient(
          gradNormalised,
          convolved,
          mean,
          inverseDeviation,
          scale,
          gradScale,
          gradShift,
          gradConvolved,
          norm,
        );
      }
      if (gradX) {
        kernels.conv2dInputGradient(gradConvolved, weight, gradX, convolution);
      }
      if (gradWeight) {
        kernels.conv2dWeightGradient(gradConvolved, x, gradWeight, convolution);
      }
      if (gradBias) {
        kernels.conv2dBiasGradient(gradConvolved, gradBias, convolution);
      }
    },
  };

  /** From the convolution's output to that of the block. */
  function finish(
    convolved: Operand,
    [mean, inverseDeviation]: readonly [Operand, Operand],
    scale: Operand,
    shift: Operand,
    output: Operand,
    indices: Operand,
    shape: ConvBlockShape,
  ): void {
    const norm = normalisation(shape);
    using normalised = between(size(norm));
    using rectified = between(size(norm));
    kernels.batchNorm2dNormalise(
      convolved,
      mean,
      inverseDeviation,
      scale,
      shift,
      normalised,
      norm,
    );
    kernels.reluForward(normalised, rectified);
    kernels.maxPool2dForward(rectified, output, indices, shape.pooling);
  }
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

/** Memory that goes back at the end of its block. */
export class Between implements Operand, Disposable {
  readonly buffer: DeviceBuffer;
  readonly #scratch: Scratch;

  constructor(
    scratch: Scratch,
    dtype: DType,
    length: number,
    lifetime: Lifetime = "pooled",
  ) {
    this.#scratch = scratch;
    this.buffer = scratch.allocate(dtype, length, lifetime);
  }

  [Symbol.dispose](): void {
    this.#scratch.release(this.buffer);
  }
}
