// @ts-nocheck: AssemblyScript, compiled by `deno task kernels`.

// Average pooling of `[batch, channels, height, width]` and its gradient. The
// sum of a window runs row by row. Where windows overlap, the gradient is added
// up output by output. A part is an unbroken range of the planes.

import { partStart } from "../lib/simd/parts.ts";
import { Pool2dArgs } from "../lib/simd/pool2d.ts";

@unmanaged
export class AvgPool2dArgs extends Pool2dArgs {
  /** x, or its gradient. */
  image: usize;
  /** The output, or its gradient. */
  means: usize;
  /** Whether padded zeros count in the divisor. */
  countIncludePad: i32;
}

/** Mean of each window. */
export function avgPool2dForward(
  args: AvgPool2dArgs,
  part: i32,
  parts: i32,
): void {
  const planes = args.planes;
  const end = partStart(planes, part + 1, parts);
  for (let plane = partStart(planes, part, parts); plane < end; plane++) {
    slide(args, plane, false);
  }
}

/** Spreads the gradient of each mean over its window. */
export function avgPool2dGradient(
  args: AvgPool2dArgs,
  part: i32,
  parts: i32,
): void {
  const gradX = args.image;
  const planes = args.planes;
  const bytes: usize = (args.inHeight * args.inWidth) << 2;
  const end = partStart(planes, part + 1, parts);
  for (let plane = partStart(planes, part, parts); plane < end; plane++) {
    memory.fill(gradX + <usize> plane * bytes, 0, bytes);
    slide(args, plane, true);
  }
}

/** Goes over the windows of a plane: their means, or the gradients of those. */
function slide(args: AvgPool2dArgs, plane: i32, isGradient: bool): void {
  const inHeight = args.inHeight, inWidth = args.inWidth;
  const outHeight = args.outHeight, outWidth = args.outWidth;
  const kernelHeight = args.kernelHeight, kernelWidth = args.kernelWidth;
  const strideHeight = args.strideHeight, strideWidth = args.strideWidth;
  const paddingHeight = args.paddingHeight, paddingWidth = args.paddingWidth;
  const countIncludePad = args.countIncludePad != 0;
  const image = args.image + <usize> plane * <usize> (inHeight * inWidth << 2);
  let at = args.means + <usize> plane * <usize> (outHeight * outWidth << 2);
  for (let row = 0; row < outHeight; row++) {
    const above = row * strideHeight - paddingHeight;
    const top = max(above, 0), bottom = min(above + kernelHeight, inHeight);
    for (let column = 0; column < outWidth; column++) {
      const before = column * strideWidth - paddingWidth;
      const left = max(before, 0);
      const right = min(before + kernelWidth, inWidth);
      const divisor = <f32> (countIncludePad
        ? (min(above + kernelHeight, inHeight + paddingHeight) - above) *
          (min(before + kernelWidth, inWidth + paddingWidth) - before)
        : (bottom - top) * (right - left));
      if (isGradient) {
        const share = load<f32>(at) / divisor;
        spread(image, inWidth, top, bottom, left, right, share);
      } else {
        const sum = sumOfWindow(image, inWidth, top, bottom, left, right);
        store<f32>(at, sum / divisor);
      }
      at += 4;
    }
  }
}

function sumOfWindow(
  image: usize,
  width: i32,
  top: i32,
  bottom: i32,
  left: i32,
  right: i32,
): f32 {
  let sum: f32 = 0;
  for (let row = top; row < bottom; row++) {
    for (let column = left; column < right; column++) {
      sum += load<f32>(image + (<usize> (row * width + column) << 2));
    }
  }
  return sum;
}

function spread(
  image: usize,
  width: i32,
  top: i32,
  bottom: i32,
  left: i32,
  right: i32,
  share: f32,
): void {
  for (let row = top; row < bottom; row++) {
    for (let column = left; column < right; column++) {
      const at = image + (<usize> (row * width + column) << 2);
      store<f32>(at, load<f32>(at) + share);
    }
  }
}
