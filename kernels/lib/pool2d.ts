import type { Window2d } from "./window2d.ts";

/**
 * A pooling: `[batch, channels, inHeight, inWidth]` gives
 * `[batch, channels, outHeight, outWidth]`.
 */
export interface Pool2dShape extends Window2d {
  /** Images in the batch. */
  readonly batch: number;
  /** Channels of input and output. */
  readonly channels: number;
  /** Rows of the input. */
  readonly inHeight: number;
  /** Columns of the input. */
  readonly inWidth: number;
  /** Rows of the output. */
  readonly outHeight: number;
  /** Columns of the output. */
  readonly outWidth: number;
}

/** The channels of all images: each is pooled by itself. */
export function planesOf({ batch, channels }: Pool2dShape): number {
  return batch * channels;
}

/** About how many operations a pooling is: the elements of its larger side. */
export function poolingWork(shape: Pool2dShape): number {
  return planesOf(shape) * shape.inHeight * shape.inWidth;
}

/** Iterations of an invocation that goes over a window, row by row. */
export function windowIterations(
  { kernelHeight, kernelWidth }: Pool2dShape,
): number {
  return kernelHeight * (kernelWidth + 1);
}

/** Iterations of one that goes over the windows to which a pixel belongs. */
export function pixelIterations(shape: Pool2dShape): number {
  const height = (shape.kernelHeight - 1) * shape.dilationHeight + 1;
  const width = (shape.kernelWidth - 1) * shape.dilationWidth + 1;
  const rows = Math.ceil(height / shape.strideHeight);
  return rows * (Math.ceil(width / shape.strideWidth) + 1);
}

/** The constants of `lib/pool2d.wgsl`, but for the size of a workgroup. */
export function poolingConstants(
  shape: Pool2dShape,
): Omit<
  Pool2dShape,
  "batch" | "channels" | "dilationHeight" | "dilationWidth"
> {
  const { inHeight, inWidth, outHeight, outWidth } = shape;
  const { kernelHeight, kernelWidth, strideHeight, strideWidth } = shape;
  const { paddingHeight, paddingWidth } = shape;
  return {
    inHeight,
    inWidth,
    outHeight,
    outWidth,
    kernelHeight,
    kernelWidth,
    strideHeight,
    strideWidth,
    paddingHeight,
    paddingWidth,
  };
}

/**
 * The windows of one plane in the order of the output, for references: the
 * indices in the plane of the pixels of each, row by row, without the padding.
 */
export function windowsOf(shape: Pool2dShape): number[][] {
  const { inHeight, inWidth, outHeight, outWidth } = shape;
  const windows: number[][] = [];
  for (let outRow = 0; outRow < outHeight; outRow++) {
    for (let outColumn = 0; outColumn < outWidth; outColumn++) {
      const pixels: number[] = [];
      for (let i = 0; i < shape.kernelHeight; i++) {
        const row = outRow * shape.strideHeight - shape.paddingHeight +
          i * shape.dilationHeight;
        if (row < 0 || row >= inHeight) continue;
        for (let j = 0; j < shape.kernelWidth; j++) {
          const column = outColumn * shape.strideWidth - shape.paddingWidth +
            j * shape.dilationWidth;
          if (column < 0 || column >= inWidth) continue;
          pixels.push(row * inWidth + column);
        }
      }
      windows.push(pixels);
    }
  }
  return windows;
}
