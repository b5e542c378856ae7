import type { Window2d } from "../lib/window2d.ts";
import type { Conv2dShape } from "./shape.ts";

/** Constants of `_window.wgsl` for a window that slides over x. */
export interface WeightGradientWindow extends Window2d {
  readonly sourceChannels: number;
  readonly sourceHeight: number;
  readonly sourceWidth: number;
  readonly targetChannels: number;
  readonly targetHeight: number;
  readonly targetWidth: number;
}

/** Elements of a window under which weights lie. */
export interface ConvolutionWindow extends WeightGradientWindow {
  readonly inputDilationHeight?: number;
  readonly inputDilationWidth?: number;
  readonly sourceChannelStep: number;
  readonly targetChannelStep: number;
  readonly flipped: number;
  readonly hasBias: number;
}

/** Constants of the gradient with respect to the weight. */
export function weightGradientWindow(
  shape: Conv2dShape,
): WeightGradientWindow {
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

/** Constants of the output. */
export function forwardWindow(
  shape: Conv2dShape,
  hasBias: boolean,
): ConvolutionWindow {
  const { groups, inChannels, kernelHeight, kernelWidth } = shape;
  return {
    ...weightGradientWindow(shape),
    sourceChannelStep: kernelHeight * kernelWidth,
    targetChannelStep: inChannels / groups * kernelHeight * kernelWidth,
    flipped: 0,
    hasBias: Number(hasBias),
  };
}

/**
 * Constants of the gradient with respect to x. Each of its elements is a sum over
 * those windows of which it was part: a convolution of the output's gradient,
 * dilated by the stride, with the flipped kernel.
 */
export function inputGradientWindow(
  shape: Conv2dShape,
  hasBias: boolean,
): ConvolutionWindow {
  const { groups, inChannels, kernelHeight, kernelWidth } = shape;
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
    inputDilationHeight: shape.strideHeight,
    inputDilationWidth: shape.strideWidth,
    paddingHeight: (kernelHeight - 1) * shape.dilationHeight -
      shape.paddingHeight,
    paddingWidth: (kernelWidth - 1) * shape.dilationWidth - shape.paddingWidth,
    dilationHeight: shape.dilationHeight,
    dilationWidth: shape.dilationWidth,
    sourceChannelStep: inChannels / groups * kernelHeight * kernelWidth,
    targetChannelStep: kernelHeight * kernelWidth,
    flipped: 1,
    hasBias: Number(hasBias),
  };
}
