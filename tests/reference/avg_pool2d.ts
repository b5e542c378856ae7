import type { AvgPool2dShape } from "../../kernels/shapes.ts";
import { forEachWindow } from "./_window.ts";

/** Mean of each window, padded zeros counted or not. */
export function avgPool2dForward(
  x: Float64Array,
  shape: AvgPool2dShape,
): Float64Array {
  const { batch, channels, outHeight, outWidth } = shape;
  const output = new Float64Array(batch * channels * outHeight * outWidth);
  forEachWindow(shape, (outputIndex, xIndices) => {
    for (const index of xIndices) {
      output[outputIndex] += x[index] / divisor(xIndices, shape);
    }
  });
  return output;
}

/** Gradient by `x`: each spreads evenly over its window. */
export function avgPool2dGradient(
  gradOutput: Float64Array,
  shape: AvgPool2dShape,
): Float64Array {
  const { batch, channels, inHeight, inWidth } = shape;
  const gradX = new Float64Array(batch * channels * inHeight * inWidth);
  forEachWindow(shape, (outputIndex, xIndices) => {
    for (const index of xIndices) {
      gradX[index] += gradOutput[outputIndex] / divisor(xIndices, shape);
    }
  });
  return gradX;
}

function divisor(xIndices: number[], shape: AvgPool2dShape): number {
  return shape.countIncludePad
    ? shape.kernelHeight * shape.kernelWidth
    : xIndices.length;
}
