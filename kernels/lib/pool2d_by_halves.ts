import type { Pool2dShape } from "./pool2d.ts";

/** Whether windows are 2×2, side by side, and cover the image. */
export function isByHalves(shape: Omit<Pool2dShape, "batch" | "channels">) {
  const { inHeight, inWidth, outHeight, outWidth } = shape;
  return shape.kernelHeight === 2 && shape.kernelWidth === 2 &&
    shape.strideHeight === 2 && shape.strideWidth === 2 &&
    shape.paddingHeight === 0 && shape.paddingWidth === 0 &&
    shape.dilationHeight === 1 && shape.dilationWidth === 1 &&
    inHeight === 2 * outHeight && inWidth === 2 * outWidth;
}
