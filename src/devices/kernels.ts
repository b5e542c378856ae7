import type { ConvBlockShape } from "../../kernels/shapes.ts";
import type { Operand } from "./device.ts";

/** The tensors of a block in evaluation. */
export interface ConvBlockEvalOperands {
  /** `[batch, inChannels, inHeight, inWidth]`. */
  readonly x: Operand;
  /** The convolution's, `[outChannels, inChannels, …]`. */
  readonly weight: Operand;
  /** The convolution's, `[outChannels]`, or null. */
  readonly bias: Operand | null;
  /** The normalisation's factors, `[outChannels]`. */
  readonly scale: Operand;
  /** What the normalisation adds, `[outChannels]`. */
  readonly shift: Operand;
  /** `[outChannels]`, moved in training. */
  readonly runningMean: Operand;
  /** `[outChannels]`, moved in training. */
  readonly runningVariance: Operand;
  /**
   * The max pooling of `max(normalised, 0)`, where `normalised` is
   * `(convolved − mean) · inverseDeviation · scale + shift`.
   */
  readonly output: Operand;
}

/** The tensors of a block in training. */
export interface ConvBlockForwardOperands extends ConvBlockEvalOperands {
  /** i32 `[1]`, grows by 1; or null. */
  readonly batches: Operand | null;
  /** Becomes the convolution of `x` with `weight` and `bias`. */
  readonly convolved: Operand;
  /** Becomes the mean of `convolved`, `[outChannels]`. */
  readonly mean: Operand;
  /** Becomes `1 / √(variance + eps)` of `convolved`, `[outChannels]`. */
  readonly inverseDeviation: Operand;
  /** i32, as `output`: a device's note for the way back, or left as it was. */
  readonly indices: Operand;
}

/** The tensors of a block's way back: those it went forward with, and gradients. */
export interface ConvBlockGradientOperands extends
  Pick<
    ConvBlockForwardOperands,
    | "x"
    | "weight"
    | "scale"
    | "convolved"
    | "mean"
    | "inverseDeviation"
    | "output"
    | "indices"
  > {
  /** Gradient of the loss by `output`. */
  readonly gradOutput: Operand;
  /** As `x`; null where this gradient is not wanted. */
  readonly gradX: Operand | null;
  /** As `weight`; null where this gradient is not wanted. */
  readonly gradWeight: Operand | null;
  /** `[outChannels]`; null where this gradient is not wanted. */
  readonly gradBias: Operand | null;
  /** Becomes the gradient by `scale`, `[outChannels]`. */
  readonly gradScale: Operand;
  /** Becomes the gradient by `shift`, `[outChannels]`. */
  readonly gradShift: Operand;
}

/**
 * Every kernel that a device must have, one method each. The compiler tells a
 * device what it misses.
 *
 * Inputs come first, then outputs, then the shape. Buffers are dense and
 * row-major, f32 unless said otherwise. A kernel writes the whole of its
 * outputs; no output may share memory with an input unless said otherwise.
 * Sums are added in a fixed order, so that a run repeats bit for bit.
 */
export interface Kernels {
  /** A whole block in training. The running statistics move by `momentum`. */
  convBlockForward(
    operands: ConvBlockForwardOperands,
    shape: ConvBlockShape,
    momentum: number,
  ): void;
  /** A whole block in evaluation: it normalises with the running statistics. */
  convBlockEvalForward(
    operands: ConvBlockEvalOperands,
    shape: ConvBlockShape,
  ): void;
  /**
   * The way back through {@linkcode Kernels.convBlockForward}, from what that
   * wrote. The gradient by the bias is 0 but for rounding, since the
   * normalisation takes the mean away: a device may write 0.
   */
  convBlockGradient(
    operands: ConvBlockGradientOperands,
    shape: ConvBlockShape,
  ): void;
}
