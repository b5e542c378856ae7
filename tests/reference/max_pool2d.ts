import type { Pool2dShape } from "../../kernels/shapes.ts";
import { forEachWindow } from "./_window.ts";

/**
 * Largest element of each window, the first in scan order where several are
 * equal, the last NaN where there is one. `indices` holds where it was in its
 * channel: `row · inWidth + column`.
 */
export function maxPool2dForward(
  x: Float64Array,
  shape: Pool2dShape,
): { output: Float64Array; indices: Int32Array } {
  const length = outputLength(shape);
  const output = new Float64Array(length);
  const indices = new Int32Array(length);
  forEachWindow(shape, (outputIndex, xIndices) => {
    let largest = xIndices[0];
    for (const index of xIndices) {
      if (x[index] > x[largest] || Number.isNaN(x[index])) largest = index;
    }
    output[outputIndex] = x[largest];
    indices[outputIndex] = largest % (shape.inHeight * shape.inWidth);
  });
  return { output, indices };
}

/** Gradient by `x`: each goes to where the largest element was. */
export function maxPool2dGradient(
  gradOutput: Float64Array,
  indices: Int32Array,
  shape: Pool2dShape,
): Float64Array {
  const inArea = shape.inHeight * shape.inWidth;
  const outArea = shape.outHeight * shape.outWidth;
  const gradX = new Float64Array(shape.batch * shape.channels * inArea);
  for (let i = 0; i < gradOutput.length; i++) {
    gradX[Math.floor(i / outArea) * inArea + indices[i]] += gradOutput[i];
  }
  return gradX;
}

function outputLength(shape: Pool2dShape): number {
  return shape.batch * shape.channels * shape.outHeight * shape.outWidth;
}
