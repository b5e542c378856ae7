/**
 * What a kernel must know beside its buffers: plain records of numbers, worked
 * out and checked once by the operation that calls the kernel. A kernel trusts
 * them.
 *
 * @module
 */

import type { Conv2dShape } from "./conv2d/shape.ts";
import type { Pool2dShape } from "./lib/pool2d.ts";

export type { Conv2dShape } from "./conv2d/shape.ts";
export type { Pool2dShape } from "./lib/pool2d.ts";
export type { Window2d } from "./lib/window2d.ts";

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
