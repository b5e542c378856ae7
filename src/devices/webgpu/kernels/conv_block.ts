import {
  conv2dForward,
  conv2dInputGradient,
  conv2dWeightGradient,
} from "../../../../kernels/conv2d/conv2d.ts";
import {
  conv2dForwardStatistics,
  statisticsSplits,
} from "../../../../kernels/conv2d/statistics.ts";
import type { AdapterTraits } from "../../../../kernels/kernel.ts";
import { convBlockSource } from "../../../../kernels/conv_block.gen.ts";
import type { ConvBlockShape } from "../../../../kernels/shapes.ts";
import {
  composedConvBlock,
  type ConvBlockKernels,
  isHalving,
  ownOrComposed,
} from "../../_conv_block.ts";
import { Between, Output, type Scratch } from "../../scratch.ts";
import type { ConvBlockForwardOperands } from "../../kernels.ts";
import type { Access, KernelRecord, Run } from "../kernel_record.ts";

/** Bindings of the kernel with the most; every device allows 8. */
export const convBlockBindings = 10;

/** The most parts in which a channel is summed. */
const mostParts = 32;

/**
 * Statistics of each channel of images, `[channels, parts, 2]`: the mean of a
 * part, and the sum of the squares around it.
 */
class Moments extends Between {
  /**
   * @param parts How many parts a channel is in.
   * @param elements Elements of a channel in each part but the last.
   */
  constructor(
    scratch: Scratch,
    channels: number,
    readonly parts: number,
    readonly elements: number,
  ) {
    super(scratch, "f32", 2 * channels * parts);
  }
}

interface TrainingShape extends ConvBlockShape {
  /** How far the running statistics move. */
  momentum: number;
  /** How many parts the moments of a channel come in. */
  parts: number;
  /** Elements of a channel in each part but the last. */
  elements: number;
}

/**
 * Whole blocks: the convolutions of others, and all that lies between them in
 * two passes each way. Blocks of another shape are made of single kernels.
 *
 * @param workgroupSize Invocations of a workgroup.
 */
export function convBlockKernels(
  run: Run,
  scratch: Scratch,
  adapter: AdapterTraits,
  workgroupSize: number,
): ConvBlockKernels {
  const pairs = recordsOf(workgroupSize, true);
  const singles = recordsOf(workgroupSize, false);
  /** Two windows at once, where a row has an even number of them. */
  const recordsFor = ({ pooling }: ConvBlockShape) =>
    pooling.outWidth % 2 === 0 ? pairs : singles;
  /** Convolves; the moments come in passing, or by a kernel of their own. */
  const convolve = (
    { batches, bias, convolved, weight, x }: ConvBlockForwardOperands,
    shape: ConvBlockShape,
  ): Moments => {
    using counter = new Output(batches, scratch, "i32", 1);
    const given = { x, weight, bias, output: convolved };
    const { convolution, pooling } = shape;
    const { batch, channels, inHeight, inWidth } = pooling;
    const made = statisticsSplits(given, convolution, adapter);
    if (made !== null) {
      const { elements, splits } = made;
      const partials = new Moments(scratch, channels, splits, elements);
      const operands = { ...given, batches: counter, partials };
      scratch.run(conv2dForwardStatistics, operands, convolution);
      return partials;
    }
    scratch.run(conv2dForward, given, convolution);
    const elements = imagesPerPart(batch) * inHeight * inWidth;
    const moments = new Moments(scratch, channels, parts(pooling), elements);
    run(recordsFor(shape).moments, shape, [convolved, moments, counter]);
    return moments;
  };
  const own: ConvBlockKernels = {
    convBlockForward(operands, shape, momentum) {
      using moments = convolve(operands, shape);
      const given = { elements: moments.elements, parts: moments.parts };
      const training = { ...shape, ...given, momentum };
      run(recordsFor(shape).forward, training, [
        operands.convolved,
        moments,
        operands.scale,
        operands.shift,
        operands.runningMean,
        operands.runningVariance,
        operands.mean,
        operands.inverseDeviation,
        operands.output,
        operands.indices,
      ]);
    },
    convBlockEvalForward(operands, shape) {
      const { bias, weight, x } = operands;
      const { batch, outChannels, outHeight, outWidth } = shape.convolution;
      const size = batch * outChannels * outHeight * outWidth;
      using convolved = new Between(scratch, "f32", size, "activation");
      const given = { x, weight, bias, output: convolved };
      scratch.run(conv2dForward, given, shape.convolution);
      run(recordsFor(shape).evalForward, shape, [
        convolved,
        operands.runningMean,
        operands.scale,
        operands.shift,
        operands.runningVariance,
        operands.output,
      ]);
    },
    convBlockGradient(operands, shape) {
      const { convolved, gradOutput, indices, mean, weight, x } = operands;
      const { gradBias, gradWeight, gradX } = operands;
      const { convolution, pooling } = shape;
      const records = recordsFor(shape);
      const length = 2 * pooling.channels * parts(pooling);
      using sums = new Between(scratch, "f32", length);
      using zeros = new Output(gradBias, scratch, "f32", pooling.channels);
      const summed = [gradOutput, indices, mean, sums, zeros];
      run(records.gradientSums, shape, summed);
      using gradConvolved = new Between(
        scratch,
        "f32",
        convolved.buffer.length,
      );
      run(records.gradient, shape, [
        convolved,
        gradOutput,
        indices,
        sums,
        mean,
        operands.inverseDeviation,
        operands.scale,
        operands.gradScale,
        operands.gradShift,
        gradConvolved,
      ]);
      if (gradX) {
        const given = { gradOutput: gradConvolved, weight, gradX };
        scratch.run(conv2dInputGradient, given, convolution);
      }
      if (gradWeight) {
        const given = { gradOutput: gradConvolved, x, gradWeight };
        scratch.run(conv2dWeightGradient, given, convolution);
      }
    },
  };
  return ownOrComposed(own, isFused, composedConvBlock(scratch));
}

/** Whether the pooling's windows are 2×2, side by side, and cover the image. */
function isFused(shape: ConvBlockShape): boolean {
  const { inHeight, inWidth } = shape.pooling;
  return isHalving(shape) && inHeight % 2 === 0 && inWidth % 2 === 0;
}

function parts({ batch }: { batch: number }): number {
  return Math.ceil(batch / imagesPerPart(batch));
}

function imagesPerPart(batch: number): number {
  return Math.ceil(batch / mostParts);
}

function recordsOf(workgroupSize: number, inPairs: boolean) {
  const constants = ({ pooling }: ConvBlockShape) => ({
    batch: pooling.batch,
    channels: pooling.channels,
    height: pooling.inHeight,
    width: pooling.inWidth,
    imagesPerPart: imagesPerPart(pooling.batch),
    workgroupSize,
  });
  const record = <Shape extends ConvBlockShape>(
    name: string,
    entryPoint: string,
    bindings: string,
    output: number | null,
    more: (shape: Shape) => Record<string, number> = () => ({}),
  ): KernelRecord<Shape> => ({
    name,
    source: convBlockSource,
    file: "kernels/conv_block.wgsl",
    entryPoint,
    bindings: Array.from(bindings, (letter) => access[letter]),
    halves: {
      Convolved: entryPoint.startsWith("gradientSums") ? null : 0,
      Output: output,
    },
    constants: (shape) => ({ ...constants(shape), ...more(shape) }),
    workgroups: ({ pooling }) => [parts(pooling), pooling.channels, 1],
  });
  return {
    moments: record("convBlockMoments", "momentsOfParts", "rww", null),
    forward: record<TrainingShape>(
      "convBlockForward",
      inPairs ? "forwardPairs" : "forwardSingles",
      "rrrrwwwwww",
      8,
      ({ elements, eps, momentum, parts }) => ({
        eps,
        momentum,
        momentParts: parts,
        momentElements: elements,
      }),
    ),
    evalForward: record(
      "convBlockEvalForward",
      inPairs ? "evalPairs" : "evalSingles",
      "rrrrrw",
      5,
      ({ eps }) => ({ eps }),
    ),
    gradientSums: record(
      "convBlockGradientSums",
      "gradientSumsOfParts",
      "rrrww",
      null,
    ),
    gradient: record(
      "convBlockGradient",
      inPairs ? "gradientPairs" : "gradientSingles",
      "rrrrrrrwww",
      null,
    ),
  };
}

const access: Record<string, Access> = { r: "read", w: "write" };
