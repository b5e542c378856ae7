import type { Pool2dShape } from "../../kernels/lib/pool2d.ts";
import type { Shape } from "../core/tensor.ts";
import { checkRank, type Pair, pair, shapeError, text } from "./check.ts";
import { outputSizes, window2d, type WindowOptions } from "./_window.ts";

/** Window and rounding of a pooling. */
interface PoolingOptions extends WindowOptions {
  /** Whether the last window may reach over the edge. Default false. */
  ceilMode?: boolean;
}

/** The shape rule of the poolings; their stride is the kernel's size. */
export function pool2dShape(
  operation: string,
  x: Shape,
  kernelSize: Pair,
  options: PoolingOptions,
): Pool2dShape {
  checkRank(operation, "input", x, ["N", "C", "H", "W"]);
  const [batch, channels, inHeight, inWidth] = x;
  const { ceilMode, dilation, padding, stride = kernelSize } = options;
  const sizes = { dilation, padding, stride };
  const window = window2d(operation, kernelSize, sizes);
  checkPadding(operation, kernelSize, window);
  const output = outputSizes(operation, inHeight, inWidth, window, ceilMode);
  const shape = { ...window, ...output, batch, channels, inHeight, inWidth };
  checkWindows(operation, shape);
  return shape;
}

/** PyTorch's rule: without dilation, no window lies wholly in the padding. */
function checkPadding(
  operation: string,
  kernelSize: Pair,
  { paddingHeight, paddingWidth }: {
    paddingHeight: number;
    paddingWidth: number;
  },
): void {
  const [height, width] = pair(kernelSize);
  if (paddingHeight <= height / 2 && paddingWidth <= width / 2) return;
  throw shapeError(
    `${operation}: padding`,
    `at most half of the kernel ${text([height, width])}`,
    text([paddingHeight, paddingWidth]),
    "Use less padding, or a larger kernel.",
  );
}

/**
 * A window that lies wholly in the padding has no largest element. Elements of
 * a dilated one can step over a small image; PyTorch gives −∞ there, and an
 * index outside of the image.
 */
function checkWindows(operation: string, shape: Pool2dShape): void {
  const { inHeight, inWidth } = shape;
  const vertical = windowsMeet(
    inHeight,
    shape.outHeight,
    shape.kernelHeight,
    shape.strideHeight,
    shape.paddingHeight,
    shape.dilationHeight,
  );
  const horizontal = windowsMeet(
    inWidth,
    shape.outWidth,
    shape.kernelWidth,
    shape.strideWidth,
    shape.paddingWidth,
    shape.dilationWidth,
  );
  if (vertical && horizontal) return;
  const { dilationHeight, dilationWidth } = shape;
  throw shapeError(
    `${operation}: dilation`,
    `windows that each hold a pixel of the image ${text([inHeight, inWidth])}`,
    `dilation ${text([dilationHeight, dilationWidth])}, with which one lies ` +
      "wholly in the padding",
    "Use less dilation or less padding.",
  );
}

/** Whether along an axis every window holds a pixel of the image. */
function windowsMeet(
  size: number,
  windows: number,
  kernel: number,
  stride: number,
  padding: number,
  dilation: number,
): boolean {
  for (let index = 0; index < windows; index++) {
    const start = index * stride - padding;
    const first = Math.max(0, Math.ceil(-start / dilation));
    if (first >= kernel || start + first * dilation >= size) return false;
  }
  return true;
}
