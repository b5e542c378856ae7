import type { Window2d } from "../../kernels/lib/window2d.ts";
import { checkWhole, type Pair, pair, shapeError, text } from "./check.ts";

/** How a window slides over an image. */
export interface WindowOptions {
  /** Pixels from one window to the next. */
  stride?: Pair;
  /** Pixels added on each side. */
  padding?: Pair;
  /** Pixels from one element of the window to the next. */
  dilation?: Pair;
}

/** Checks and completes the sizes of a window. */
export function window2d(
  operation: string,
  kernelSize: Pair,
  { stride = 1, padding = 0, dilation = 1 }: WindowOptions,
): Window2d {
  const [kernelHeight, kernelWidth] = pair(kernelSize);
  const [strideHeight, strideWidth] = pair(stride);
  const [paddingHeight, paddingWidth] = pair(padding);
  const [dilationHeight, dilationWidth] = pair(dilation);
  checkWhole(operation, "kernelSize", [kernelHeight, kernelWidth], 1);
  checkWhole(operation, "stride", [strideHeight, strideWidth], 1);
  checkWhole(operation, "padding", [paddingHeight, paddingWidth], 0);
  checkWhole(operation, "dilation", [dilationHeight, dilationWidth], 1);
  return {
    kernelHeight,
    kernelWidth,
    strideHeight,
    strideWidth,
    paddingHeight,
    paddingWidth,
    dilationHeight,
    dilationWidth,
  };
}

/**
 * Windows that fit along one axis:
 * `⌊(size + 2 · padding − dilation · (kernel − 1) − 1) / stride⌋ + 1`, the
 * formula of PyTorch's `Conv2d`. It is 0 or less where none fits.
 *
 * With `ceilMode` the quotient is rounded up, as poolings may have it: the last
 * window then reaches over the edge, but starts in the image or in the padding
 * before it.
 *
 * @param size Pixels along the axis.
 * @param kernel Elements of the window along the axis.
 * @param stride Pixels from one window to the next. Default 1.
 * @param padding Pixels added on each side. Default 0.
 * @param dilation Pixels from one element to the next. Default 1.
 * @param ceilMode Whether the last window may reach over the edge. Default
 * false.
 *
 * @example
 * ```ts
 * import { outputSize } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(outputSize(28, 5, 1, 2), 28); // the network's convolutions
 * assertEquals(outputSize(28, 2, 2), 14); // and poolings
 * ```
 *
 * @category Operations of layers
 */
export function outputSize(
  size: number,
  kernel: number,
  stride = 1,
  padding = 0,
  dilation = 1,
  ceilMode = false,
): number {
  const room = size + 2 * padding - dilation * (kernel - 1) - 1;
  if (!ceilMode) return Math.floor(room / stride) + 1;
  const windows = Math.ceil(room / stride) + 1;
  const last = (windows - 1) * stride;
  return last >= size + padding ? windows - 1 : windows;
}

/** Height and width of what a window makes of an image. */
export function outputSizes(
  operation: string,
  inHeight: number,
  inWidth: number,
  window: Window2d,
  ceilMode = false,
): { outHeight: number; outWidth: number } {
  const outHeight = outputSize(
    inHeight,
    window.kernelHeight,
    window.strideHeight,
    window.paddingHeight,
    window.dilationHeight,
    ceilMode,
  );
  const outWidth = outputSize(
    inWidth,
    window.kernelWidth,
    window.strideWidth,
    window.paddingWidth,
    window.dilationWidth,
    ceilMode,
  );
  if (outHeight >= 1 && outWidth >= 1) return { outHeight, outWidth };
  const { kernelHeight, kernelWidth } = window;
  throw shapeError(
    operation,
    `an image, with its padding, no smaller than the kernel ` +
      text([kernelHeight, kernelWidth]),
    `an image of ${text([inHeight, inWidth])}`,
    "Use a smaller kernel, more padding, or fewer poolings before it.",
  );
}
