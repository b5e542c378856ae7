import type { KernelCost, Operand } from "../kernel.ts";
import type { Window2d } from "../lib/window2d.ts";

/**
 * A convolution: `[batch, inChannels, inHeight, inWidth]` with weights
 * `[outChannels, inChannels / groups, kernelHeight, kernelWidth]` gives
 * `[batch, outChannels, outHeight, outWidth]`. The padding is that above and to
 * the left; below and to the right there is as much as the output's size takes.
 */
export interface Conv2dShape extends Window2d {
  /** Images in the batch. */
  readonly batch: number;
  /**
   * Convolutions side by side: the first outputs' channels see the first inputs'
   * channels alone, and so on. Divides both numbers of channels.
   */
  readonly groups: number;
  /** Channels of the input. */
  readonly inChannels: number;
  /** Rows of the input. */
  readonly inHeight: number;
  /** Columns of the input. */
  readonly inWidth: number;
  /** Channels of the output. */
  readonly outChannels: number;
  /** Rows of the output. */
  readonly outHeight: number;
  /** Columns of the output. */
  readonly outWidth: number;
}

/** Operands of the convolution; a bias of null is none. */
export interface ForwardOperands {
  readonly x: Operand;
  readonly weight: Operand;
  readonly bias: Operand | null;
  readonly output: Operand;
}

/** Operands of the gradient with respect to x; a bias of null is none. */
export interface InputGradientOperands {
  readonly gradOutput: Operand;
  readonly weight: Operand;
  readonly bias: Operand | null;
  readonly gradX: Operand;
}

/** Operands of the gradient with respect to the weight. */
export interface WeightGradientOperands {
  readonly gradOutput: Operand;
  readonly x: Operand;
  readonly gradWeight: Operand;
}

/**
 * Multiplications of a convolution, and of each of its gradients with respect to
 * x and the weight: those with the padding included.
 */
export function multiplications(shape: Conv2dShape): number {
  const { batch, outChannels, outHeight, outWidth } = shape;
  const taps = shape.inChannels / shape.groups * shape.kernelHeight *
    shape.kernelWidth;
  return batch * outChannels * outHeight * outWidth * taps;
}

/** Work to share out by images: none of a single one, which wakes no thread. */
export function workOfImages(shape: Conv2dShape): number {
  return shape.batch * shape.groups === 1 ? 0 : multiplications(shape);
}

/** Two operations for each multiplication: an addition goes with it. */
export function conv2dCost(
  shape: Conv2dShape,
): Pick<KernelCost, "operations"> {
  return { operations: 2 * multiplications(shape) };
}
