import type { Conv2dShape } from "../../../../kernels/shapes.ts";
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
}

/** What a convolution costs, and either gradient: padding counted in. */
export function conv2dCost(shape: Conv2dShape): { operations: number } {
  const { batch, inChannels, outChannels, outHeight, outWidth } = shape;
  const { kernelHeight, kernelWidth } = shape;
  const pairs = inChannels * outChannels * kernelHeight * kernelWidth;
  return { operations: 2 * batch * pairs * outHeight * outWidth };
}
