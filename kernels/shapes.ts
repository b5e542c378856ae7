/**
 * What a kernel must know beside its buffers: plain records of numbers, worked
 * out and checked once by the operation that calls the kernel. A kernel trusts
 * them.
 *
 * @module
 */

import type { Pool2dShape } from "./lib/pool2d.ts";

export type { Pool2dShape } from "./lib/pool2d.ts";

/** Sizes of a window that slides over an image, per axis, in pixels. */
export interface Window2d {
  /** Rows of the window. */
  kernelHeight: number;
  /** Columns of the window. */
  kernelWidth: number;
  /** Rows from one window to the next. */
  strideHeight: number;
  /** Columns from one window to the next. */
  strideWidth: number;
  /** Rows added above and below the image. */
  paddingHeight: number;
  /** Columns added left and right of the image. */
  paddingWidth: number;
  /** Rows from one element of the window to the next. */
  dilationHeight: number;
  /** Columns from one element of the window to the next. */
  dilationWidth: number;
}

/**
 * A convolution: `[batch, inChannels, inHeight, inWidth]` with weights
 * `[outChannels, inChannels, kernelHeight, kernelWidth]` gives
 * `[batch, outChannels, outHeight, outWidth]`.
 */
export interface Conv2dShape extends Window2d {
  /** Images in the batch. */
  batch: number;
  /** Channels of the input. */
  inChannels: number;
  /** Rows of the input. */
  inHeight: number;
  /** Columns of the input. */
  inWidth: number;
  /** Channels of the output. */
  outChannels: number;
  /** Rows of the output. */
  outHeight: number;
  /** Columns of the output. */
  outWidth: number;
}

/**
 * A block: a convolution, the batch normalisation of its output, ReLU, and a max
 * pooling. The pooling's input is the convolution's output.
 */
export interface ConvBlockShape {
  /** The convolution. */
  convolution: Conv2dShape;
  /** The pooling. */
  pooling: Pool2dShape;
  /** Added to the variance before the root. */
  eps: number;
}
