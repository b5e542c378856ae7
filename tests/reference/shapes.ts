import type { Pool2dShape } from "../../kernels/lib/pool2d.ts";
import type { Conv2dShape } from "../../kernels/conv2d/shape.ts";
import type { Window2d } from "../../kernels/lib/window2d.ts";

/** `[height, width]`. */
export type Pair = readonly [number, number];

/** A window with PyTorch's defaults: stride 1, no padding, no dilation. */
export interface WindowOptions {
  /** Size of the window. */
  kernel: Pair;
  /** Step from one window to the next. */
  stride?: Pair;
  /** Rows and columns added on each side. */
  padding?: Pair;
  /** Step from one element of the window to the next. */
  dilation?: Pair;
  /** Whether the last window may reach over the edge. */
  ceilMode?: boolean;
}

/** The record of a convolution, its output's size worked out. */
export function conv2dShape(
  batch: number,
  inChannels: number,
  outChannels: number,
  size: Pair,
  { groups = 1, ...options }: WindowOptions & { groups?: number },
): Conv2dShape {
  return { batch, groups, inChannels, outChannels, ...slide(size, options) };
}

/** The record of a pooling, its output's size worked out. */
export function pool2dShape(
  batch: number,
  channels: number,
  size: Pair,
  options: WindowOptions,
): Pool2dShape {
  return { batch, channels, ...slide(size, options) };
}

function slide(
  [inHeight, inWidth]: Pair,
  { ceilMode, kernel, stride = [1, 1], padding = [0, 0], dilation = [1, 1] }:
    WindowOptions,
):
  & Window2d
  & Record<"inHeight" | "inWidth" | "outHeight" | "outWidth", number> {
  const outSize = (size: number, axis: 0 | 1) => {
    const reach = dilation[axis] * (kernel[axis] - 1);
    const last = ceilMode
      ? Math.min(
        size + 2 * padding[axis] - reach + stride[axis] - 2,
        size + padding[axis] - 1,
      )
      : size + 2 * padding[axis] - reach - 1;
    return Math.floor(last / stride[axis]) + 1;
  };
  return {
    inHeight,
    inWidth,
    outHeight: outSize(inHeight, 0),
    outWidth: outSize(inWidth, 1),
    kernelHeight: kernel[0],
    kernelWidth: kernel[1],
    strideHeight: stride[0],
    strideWidth: stride[1],
    paddingHeight: padding[0],
    paddingWidth: padding[1],
    dilationHeight: dilation[0],
    dilationWidth: dilation[1],
  };
}
