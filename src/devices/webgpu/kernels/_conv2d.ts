import type { Conv2dShape } from "../../../../kernels/shapes.ts";
import { Between, type Scratch } from "../../scratch.ts";
import type { Operand } from "../../device.ts";
import type { Kernels } from "../../kernels.ts";

/** The convolution and its two gradients that take long. */
export type Convolution = Pick<
  Kernels,
  "conv2dForward" | "conv2dInputGradient" | "conv2dWeightGradient"
>;

/** One way of doing a convolution. */
export interface Conv2dVariant extends Convolution {
  /** Whether it can do this kernel on this shape. */
  supports(kernel: keyof Convolution, shape: Conv2dShape): boolean;
  /** A convolution that makes the output's moments in passing, if it can. */
  forwardWithMoments?: ForwardWithMoments;
}

/**
 * Moments of each channel of images, `[channels, parts, 2]`: the mean of a part,
 * and the sum of the squares around it.
 */
export class Moments extends Between {
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

/** As `conv2dForward`; `batches` (i32 `[1]`) grows by 1. */
export type ForwardWithMoments = (
  x: Operand,
  weight: Operand,
  bias: Operand | null,
  output: Operand,
  batches: Operand,
  shape: Conv2dShape,
) => Moments | null;

/** What a kernel that slides a window may read and write in f16. */
export const windowHalves = { Weight: 0, Source: 1, Target: 3 };

/** What the gradient by the weight may read in f16: x alone. */
export const gradientHalves = { Weight: null, Source: 1, Target: null };

/** What a convolution costs, and either gradient: padding counted in. */
export function conv2dCost(shape: Conv2dShape): { operations: number } {
  const { batch, inChannels, outChannels, outHeight, outWidth } = shape;
  const { kernelHeight, kernelWidth } = shape;
  const pairs = inChannels * outChannels * kernelHeight * kernelWidth;
  return { operations: 2 * batch * pairs * outHeight * outWidth };
}

/** A convolution that may have no bias. */
export interface ForwardShape extends Conv2dShape {
  /** Whether a bias is added. */
  hasBias: boolean;
}

/** The constants of a window that slides over x. */
export function weightGradientWindow(
  shape: Conv2dShape,
): Record<string, number> {
  return {
    sourceChannels: shape.inChannels,
    sourceHeight: shape.inHeight,
    sourceWidth: shape.inWidth,
    targetChannels: shape.outChannels,
    targetHeight: shape.outHeight,
    targetWidth: shape.outWidth,
    kernelHeight: shape.kernelHeight,
    kernelWidth: shape.kernelWidth,
    strideHeight: shape.strideHeight,
    strideWidth: shape.strideWidth,
    paddingHeight: shape.paddingHeight,
    paddingWidth: shape.paddingWidth,
    dilationHeight: shape.dilationHeight,
    dilationWidth: shape.dilationWidth,
  };
}

/** Those of the output, with how the weights lie under the window. */
export function forwardWindow(shape: ForwardShape): Record<string, number> {
  const { inChannels, kernelHeight, kernelWidth } = shape;
  return {
    ...weightGradientWindow(shape),
    sourceChannelStep: kernelHeight * kernelWidth,
    targetChannelStep: inChannels * kernelHeight * kernelWidth,
    turned: 0,
    hasBias: Number(shape.hasBias),
  };
}

/**
 * Those of the gradient by x. Each of its elements is a sum over those windows
 * of which it was part: a convolution of the gradient, its pixels a stride
 * apart, with the kernel turned by half a turn.
 */
export function inputGradientWindow(
  shape: Conv2dShape,
): Record<string, number> {
  const { kernelHeight, kernelWidth } = shape;
  return {
    sourceChannels: shape.outChannels,
    sourceHeight: shape.outHeight,
    sourceWidth: shape.outWidth,
    targetChannels: shape.inChannels,
    targetHeight: shape.inHeight,
    targetWidth: shape.inWidth,
    kernelHeight,
    kernelWidth,
    strideHeight: 1,
    strideWidth: 1,
    spreadHeight: shape.strideHeight,
    spreadWidth: shape.strideWidth,
    paddingHeight: (kernelHeight - 1) * shape.dilationHeight -
      shape.paddingHeight,
    paddingWidth: (kernelWidth - 1) * shape.dilationWidth - shape.paddingWidth,
    dilationHeight: shape.dilationHeight,
    dilationWidth: shape.dilationWidth,
    sourceChannelStep: shape.inChannels * kernelHeight * kernelWidth,
    targetChannelStep: kernelHeight * kernelWidth,
    turned: 1,
    hasBias: 0,
  };
}
