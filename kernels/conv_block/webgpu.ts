import { conv2dForward } from "../conv2d/conv2d.ts";
import {
  conv2dForwardStatistics,
  statisticsSplits,
} from "../conv2d/statistics.ts";
import {
  type AdapterTraits,
  type AnyKernelCall,
  call,
  type Dispatch,
  dispatch,
  type Operand,
  Scratch,
  type Workgroups,
} from "../kernel.ts";
import { convolutionGradients } from "../conv2d/gradients.ts";
import * as forwardWgsl from "./forward.gen.ts";
import * as gradientWgsl from "./gradient.gen.ts";
import {
  type ConvBlockShape,
  type ConvBlockTraining,
  type EvalOperands,
  type ForwardOperands,
  type GradientOperands,
  isHalving,
  normalisationOf,
  sizeOf,
} from "./shape.ts";

/** Bindings of the entry point with the most; every device allows 8. */
const mostBindings = 10;

/** The most splits in which a channel is summed. */
const mostSplits = 32;

type Steps = (Dispatch | AnyKernelCall)[];

/** The convolution, and all else in one dispatch, or two. */
export function forward(
  operands: ForwardOperands,
  shape: ConvBlockTraining,
  adapter: AdapterTraits,
): Steps | null {
  if (!isFused(shape, adapter)) return null;
  const { convolved, invStd, mean, output, picked } = operands;
  const { runningMean, runningVar, scale, shift } = operands;
  const { elements, partials, steps } = convolve(operands, shape, adapter);
  const rest = { runningMean, runningVar, mean, invStd };
  const bind = { partials, scale, shift, ...rest };
  const { pooling } = shape;
  const common = {
    constants: {
      ...layoutConstants(shape, adapter),
      eps: shape.eps,
      momentum: shape.momentum,
      partialCount: partials.buffer.length / (2 * pooling.channels),
      partialElements: elements,
    },
    workgroups: workgroupsOf(shape),
  };
  steps.push(
    isPaired(shape)
      ? dispatch(forwardWgsl.forwardPairs, {
        bind: {
          ...bind,
          quads: convolved,
          outputPairs: output,
          pickedPairs: picked,
        },
        ...common,
      })
      : dispatch(forwardWgsl.forwardSingles, {
        bind: { ...bind, pairs: convolved, output, picked },
        ...common,
      }),
  );
  return steps;
}

/** The convolution, and all else in one dispatch. */
export function evalForward(
  operands: EvalOperands,
  shape: ConvBlockShape,
  adapter: AdapterTraits,
): Steps | null {
  if (!isFused(shape, adapter)) return null;
  const { bias, output, runningMean, runningVar, weight, x } = operands;
  const { scale, shift } = operands;
  const convolved = new Scratch(sizeOf(normalisationOf(shape)), "f32", true);
  const given = { x, weight, bias, output: convolved };
  const bind = { knownMean: runningMean, knownVar: runningVar, scale, shift };
  const common = {
    constants: { ...layoutConstants(shape, adapter), eps: shape.eps },
    workgroups: workgroupsOf(shape),
  };
  return [
    call(conv2dForward, given, shape.convolution),
    isPaired(shape)
      ? dispatch(forwardWgsl.evalPairs, {
        bind: { ...bind, quads: convolved, outputPairs: output },
        ...common,
      })
      : dispatch(forwardWgsl.evalSingles, {
        bind: { ...bind, pairs: convolved, output },
        ...common,
      }),
  ];
}

/** The gradients of the block in two dispatches, and those of the convolution. */
export function gradient(
  operands: GradientOperands,
  shape: ConvBlockShape,
  adapter: AdapterTraits,
): Steps | null {
  if (!isFused(shape, adapter)) return null;
  const { convolved, gradOutput, invStd, mean, picked, scale } = operands;
  const { gradBias, gradScale, gradShift } = operands;
  const { convolution, pooling } = shape;
  const sums = new Scratch(2 * pooling.channels * splitsOf(shape));
  const gradConvolved = new Scratch(convolved.buffer.length);
  const common = {
    constants: layoutConstants(shape, adapter),
    workgroups: workgroupsOf(shape),
  };
  const bind = { sums, mean, invStd, scale, gradScale, gradShift };
  return [
    dispatch(gradientWgsl.gradientSums, {
      bind: {
        gradOutput,
        picked,
        mean,
        newSums: sums,
        gradBias: gradBias ?? new Scratch(pooling.channels),
      },
      label: "convBlockGradientSums",
      ...common,
    }),
    isPaired(shape)
      ? dispatch(gradientWgsl.gradientPairs, {
        bind: {
          ...bind,
          quads: convolved,
          gradOutputPairs: gradOutput,
          pickedPairs: picked,
          gradQuads: gradConvolved,
        },
        ...common,
      })
      : dispatch(gradientWgsl.gradientSingles, {
        bind: {
          ...bind,
          pairs: convolved,
          gradOutput,
          picked,
          gradPairs: gradConvolved,
        },
        ...common,
      }),
    ...convolutionGradients(
      { ...operands, gradOutput: gradConvolved },
      convolution,
    ),
  ];
}

/** A convolution with the partial statistics of its output. */
interface Convolved {
  readonly steps: Steps;
  /**
   * For each split of a channel its mean, and the sum of the squares around that:
   * `[channels, splits, 2]`.
   */
  readonly partials: Operand;
  /** Elements of a channel in each split but the last. */
  readonly elements: number;
}

/**
 * The convolution, with statistics from its epilogue where the implementation
 * that the adapter takes makes them, and otherwise from a dispatch of their own.
 */
function convolve(
  { bias, convolved, numBatchesTracked, weight, x }: ForwardOperands,
  shape: ConvBlockShape,
  adapter: AdapterTraits,
): Convolved {
  const { convolution, pooling } = shape;
  const given = { x, weight, bias, output: convolved };
  const batches = numBatchesTracked;
  const fused = statisticsSplits(given, convolution, adapter);
  const splits = fused?.splits ?? splitsOf(shape);
  const partials = new Scratch(2 * pooling.channels * splits);
  if (fused !== null) {
    const operands = { ...given, batches, partials };
    const steps = [call(conv2dForwardStatistics, operands, convolution)];
    return { steps, partials, elements: fused.elements };
  }
  return {
    steps: [
      call(conv2dForward, given, convolution),
      dispatch(forwardWgsl.partialStatistics, {
        bind: {
          quads: convolved,
          newPartials: partials,
          numBatchesTracked: batches ?? new Scratch(1, "i32"),
        },
        constants: layoutConstants(shape, adapter),
        workgroups: workgroupsOf(shape),
        label: "convBlockStatistics",
      }),
    ],
    partials,
    elements: imagesPerSplit(pooling) * pooling.inHeight * pooling.inWidth,
  };
}

/** Whether the pooling's windows are 2×2, side by side, and cover the image. */
function isFused(
  shape: ConvBlockShape,
  { storageBuffers }: AdapterTraits,
): boolean {
  const { inHeight, inWidth } = shape.pooling;
  return storageBuffers >= mostBindings && isHalving(shape) &&
    inHeight % 2 === 0 && inWidth % 2 === 0;
}

/** Whether an invocation makes two windows at once: they fill rows evenly. */
function isPaired({ pooling }: ConvBlockShape): boolean {
  return pooling.outWidth % 2 === 0;
}

function layoutConstants(
  { pooling }: ConvBlockShape,
  { isSoftware }: AdapterTraits,
) {
  return {
    batch: pooling.batch,
    channels: pooling.channels,
    height: pooling.inHeight,
    width: pooling.inWidth,
    imagesPerSplit: imagesPerSplit(pooling),
    // llvmpipe runs eight invocations of a workgroup at a time, in the lanes of a
    // vector, and takes turns between more.
    workgroupSize: isSoftware ? 8 : 64,
  };
}

function workgroupsOf(shape: ConvBlockShape): Workgroups {
  return [splitsOf(shape), shape.pooling.channels, 1];
}

function splitsOf({ pooling }: ConvBlockShape): number {
  return Math.ceil(pooling.batch / imagesPerSplit(pooling));
}

function imagesPerSplit({ batch }: { batch: number }): number {
  return Math.ceil(batch / mostSplits);
}
