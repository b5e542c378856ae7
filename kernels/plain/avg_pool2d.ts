/**
 * Average pooling of `[batch, channels, height, width]` and its gradient.
 *
 * The mean of a window is summed row by row in f64. Where windows overlap, the
 * gradient is added up in f32, output by output.
 *
 * @module
 */

import type { AvgPool2dShape } from "../shapes.ts";
import { columnAxis, pairsPerOutput, rowAxis } from "./_pairs.ts";

/** Mean of each window. */
export function avgPool2dForward(
  x: Float32Array,
  output: Float32Array,
  shape: AvgPool2dShape,
): void {
  const windows = windowsOf(shape);
  const inArea = shape.inHeight * shape.inWidth;
  const outArea = windows.length;
  for (let plane = 0; plane < shape.batch * shape.channels; plane++) {
    for (let i = 0; i < outArea; i++) {
      const { top, left, bottom, right, divisor } = windows[i];
      let sum = 0;
      for (let row = top; row < bottom; row++) {
        const start = plane * inArea + row * shape.inWidth;
        for (let column = left; column < right; column++) {
          sum += x[start + column];
        }
      }
      output[plane * outArea + i] = sum / divisor;
    }
  }
}

/** Spreads each gradient evenly over its window. */
export function avgPool2dGradient(
  gradOutput: Float32Array,
  gradX: Float32Array,
  shape: AvgPool2dShape,
): void {
  const windows = windowsOf(shape);
  const inArea = shape.inHeight * shape.inWidth;
  const outArea = windows.length;
  gradX.fill(0);
  for (let plane = 0; plane < shape.batch * shape.channels; plane++) {
    for (let i = 0; i < outArea; i++) {
      const { top, left, bottom, right, divisor } = windows[i];
      const share = gradOutput[plane * outArea + i] / divisor;
      for (let row = top; row < bottom; row++) {
        const start = plane * inArea + row * shape.inWidth;
        for (let column = left; column < right; column++) {
          gradX[start + column] += share;
        }
      }
    }
  }
}

/** The part of a window that lies on the image, and by what its sum is divided. */
interface Window {
  top: number;
  left: number;
  bottom: number;
  right: number;
  divisor: number;
}

/** The windows of one plane, in the order of the output. */
function windowsOf(shape: AvgPool2dShape): Window[] {
  const windows: Window[] = [];
  const rows = pairsPerOutput(rowAxis(shape));
  const columns = pairsPerOutput(columnAxis(shape));
  for (let row = 0; row < shape.outHeight; row++) {
    for (let column = 0; column < shape.outWidth; column++) {
      const top = rows.right[row];
      const left = columns.right[column];
      const height = rows.count[row];
      const width = columns.count[column];
      windows.push({
        top,
        left,
        bottom: top + height,
        right: left + width,
        divisor: shape.countIncludePad
          ? shape.kernelHeight * shape.kernelWidth
          : height * width,
      });
    }
  }
  return windows;
}
