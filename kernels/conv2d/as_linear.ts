import type { LinearShape } from "../linear/linear.ts";
import type { Conv2dShape } from "./shape.ts";

/**
 * The linear layer that a convolution is whose kernel is as large as the image, or
 * null: a row of it is an image, and a feature an element of one. It multiplies
 * nothing by padding, of which the gradient with respect to x would be full.
 */
export function asLinear(shape: Conv2dShape): LinearShape | null {
  const { batch, inChannels, inHeight, inWidth, outChannels } = shape;
  const isLinear = shape.groups === 1 &&
    shape.kernelHeight === inHeight && shape.kernelWidth === inWidth &&
    shape.paddingHeight === 0 && shape.paddingWidth === 0 &&
    shape.dilationHeight === 1 && shape.dilationWidth === 1 &&
    shape.outHeight === 1 && shape.outWidth === 1;
  if (!isLinear) return null;
  const inFeatures = inChannels * inHeight * inWidth;
  return { batch, inFeatures, outFeatures: outChannels };
}
