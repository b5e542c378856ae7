import type { BatchNorm2dShape } from "../batch_norm2d/shape.ts";
import type { Conv2dShape } from "../conv2d/shape.ts";
import type { OperandsOf } from "../kernel.ts";
import type { Pool2dShape } from "../lib/pool2d.ts";

/**
 * A block: a convolution, the batch normalisation of its output, ReLU, and a max
 * pooling. The pooling's input is the convolution's output.
 */
export interface ConvBlockShape {
  /** The convolution. */
  readonly convolution: Conv2dShape;
  /** The pooling. */
  readonly pooling: Pool2dShape;
  /** Added to the variance before the root. */
  readonly eps: number;
}

/** A block in training. */
export interface ConvBlockTraining extends ConvBlockShape {
  /** Share of the batch in the running statistics. */
  readonly momentum: number;
}

/** The operands of a block in training. */
export const convBlockForwardOperands = {
  x: "read",
  weight: "read",
  bias: "read?",
  scale: "read",
  shift: "read",
  runningMean: "update",
  runningVar: "update",
  numBatchesTracked: "update?",
  convolved: "write",
  mean: "write",
  invStd: "write",
  output: "write",
  picked: "write",
} as const;

/** The operands of a block in evaluation. */
export const convBlockEvalOperands = {
  x: "read",
  weight: "read",
  bias: "read?",
  scale: "read",
  shift: "read",
  runningMean: "read",
  runningVar: "read",
  output: "write",
} as const;

/** The operands of the gradients of a block in training. */
export const convBlockGradientOperands = {
  gradOutput: "read",
  x: "read",
  weight: "read",
  scale: "read",
  convolved: "read",
  mean: "read",
  invStd: "read",
  output: "read",
  picked: "read",
  gradX: "write?",
  gradWeight: "write?",
  gradBias: "write?",
  gradScale: "write",
  gradShift: "write",
} as const;

/** The operands of a block in training. */
export type ForwardOperands = OperandsOf<typeof convBlockForwardOperands>;

/** The operands of a block in evaluation. */
export type EvalOperands = OperandsOf<typeof convBlockEvalOperands>;

/** The operands of the gradients of a block. */
export type GradientOperands = OperandsOf<typeof convBlockGradientOperands>;

/** The batch normalisation within a block. */
export function normalisationOf(
  { convolution, eps }: ConvBlockShape,
): BatchNorm2dShape {
  const { batch, outChannels, outHeight, outWidth } = convolution;
  return { batch, channels: outChannels, area: outHeight * outWidth, eps };
}

/** Elements of what is normalised: of the convolution's output. */
export function sizeOf({ area, batch, channels }: BatchNorm2dShape): number {
  return batch * channels * area;
}

/** Whether the pooling's windows are 2×2, side by side, within the image. */
export function isHalving({ pooling }: ConvBlockShape): boolean {
  const { dilationHeight, dilationWidth, kernelHeight, kernelWidth } = pooling;
  const { paddingHeight, paddingWidth, strideHeight, strideWidth } = pooling;
  const { inHeight, inWidth, outHeight, outWidth } = pooling;
  const twos = [kernelHeight, kernelWidth, strideHeight, strideWidth];
  return twos.every((size) => size === 2) &&
    paddingHeight === 0 && paddingWidth === 0 &&
    dilationHeight === 1 && dilationWidth === 1 &&
    2 * outHeight <= inHeight && 2 * outWidth <= inWidth;
}
