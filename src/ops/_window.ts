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
 * @param size Pixels along the axis.
 * @param kernel Elements of the window along the axis.
 * @param stride Pixels from one window to the next. Default 1.
 * @param padding Pixels added on each side. Default 0.
 * @param dilation Pixels from one element to the next. Default 1.
 *
 * @example
 * ```ts
 * import { outputSize } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(outputSize(28, 5, 1, 2), 28); // the network's convolutions
 * assertEquals(outputSize(28, 2, 2), 14); // and poolings
 * ```
 */
export function outputSize(
  size: number,
  kernel: number,
  stride = 1,
  padding = 0,
  dilation = 1,
): number {
  const room = size + 2 * padding - dilation * (kernel - 1) - 1;
  return Math.floor(room / stride) + 1;
}

/** Height and width of what a window makes of an image. */
export function outputSizes(
  operation: string,
  inHeight: number,
  inWidth: number,
  window: Window2d,
): { outHeight: number; outWidth: number } {
  const outHeight = outputSize(
    inHeight,
    window.kernelHeight,
    window.strideHeight,
    window.paddingHeight,
    window.dilationHeight,
  );
  const outWidth = outputSize(
    inWidth,
    window.kernelWidth,
    window.strideWidth,
    window.paddingWidth,
    window.dilationWidth,
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
