// @ts-nocheck: AssemblyScript, compiled by `deno task kernels`.

// Average pooling of `[batch, channels, height, width]` and its gradient. The
// sum of a window runs row by row. Where windows overlap, the gradient is added
// up output by output. A part is an unbroken range of the planes. Windows that
// halve an image go four at a time.

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
  const halves = isHalving(args);
  for (let plane = partStart(planes, part, parts); plane < end; plane++) {
    if (halves) halve(args, plane);
    else slide(args, plane, false);
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
  const halves = isHalving(args);
  const fills = !halves || args.inHeight != 2 * args.outHeight ||
    args.inWidth != 2 * args.outWidth;
  for (let plane = partStart(planes, part, parts); plane < end; plane++) {
    if (fills) memory.fill(gradX + <usize> plane * bytes, 0, bytes);
    if (halves) double(args, plane);
    else slide(args, plane, true);
  }
}

/** Whether windows are 2×2, side by side and whole, and four or more in a row. */
function isHalving(args: AvgPool2dArgs): bool {
  return args.kernelHeight == 2 && args.kernelWidth == 2 &&
    args.strideHeight == 2 && args.strideWidth == 2 &&
    args.paddingHeight == 0 && args.paddingWidth == 0 &&
    args.outHeight * 2 <= args.inHeight && args.outWidth * 2 <= args.inWidth &&
    args.outWidth >= 4;
}

/**
 * Means of a plane's 2×2 windows, four at a time. Where the last four reach over the
 * end of a row, they start earlier: some are computed twice, the same twice.
 */
function halve(args: AvgPool2dArgs, plane: i32): void {
  const outHeight = args.outHeight, outWidth = args.outWidth;
  const inRow: usize = args.inWidth << 2, outRow: usize = outWidth << 2;
  let from = args.image + <usize> (plane * args.inHeight) * inRow;
  let to = args.means + <usize> (plane * outHeight) * outRow;
  const last = outRow - 16;
  const quarter = f32x4.splat(0.25);
  for (let row = 0; row < outHeight; row++) {
    for (let at: usize = 0; at < outRow; at += 16) {
      const own = min(at, last);
      const upper = from + 2 * own, lower = upper + inRow;
      const a = v128.load(upper), b = v128.load(upper, 16);
      const c = v128.load(lower), d = v128.load(lower, 16);
      let sum = f32x4.add(
        v128.shuffle<f32>(a, b, 0, 2, 4, 6),
        v128.shuffle<f32>(a, b, 1, 3, 5, 7),
      );
      sum = f32x4.add(sum, v128.shuffle<f32>(c, d, 0, 2, 4, 6));
      sum = f32x4.add(sum, v128.shuffle<f32>(c, d, 1, 3, 5, 7));
      v128.store(to + own, f32x4.mul(sum, quarter));
    }
    from += 2 * inRow;
    to += outRow;
  }
}

/** The gradient of {@link halve}; what no window reaches stays as it is. */
function double(args: AvgPool2dArgs, plane: i32): void {
  const outHeight = args.outHeight, outWidth = args.outWidth;
  const inRow: usize = args.inWidth << 2, outRow: usize = outWidth << 2;
  let to = args.image + <usize> (plane * args.inHeight) * inRow;
  let from = args.means + <usize> (plane * outHeight) * outRow;
  const last = outRow - 16;
  const quarter = f32x4.splat(0.25);
  for (let row = 0; row < outHeight; row++) {
    for (let at: usize = 0; at < outRow; at += 16) {
      const own = min(at, last);
      const share = f32x4.mul(v128.load(from + own), quarter);
      const left = v128.shuffle<f32>(share, share, 0, 0, 1, 1);
      const right = v128.shuffle<f32>(share, share, 2, 2, 3, 3);
      const upper = to + 2 * own, lower = upper + inRow;
      v128.store(upper, left);
      v128.store(upper, right, 16);
      v128.store(lower, left);
      v128.store(lower, right, 16);
    }
    to += 2 * inRow;
    from += outRow;
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
