// @ts-nocheck: AssemblyScript, compiled by `deno task kernels`.

// Max pooling of `[batch, channels, height, width]` and its gradient. A window
// is scanned row by row; the padding takes no part. NaN is above all, and of
// several the last. A part is an unbroken range of the planes.

import { partStart } from "../lib/simd/parts.ts";
import { Pool2dArgs } from "../lib/simd/pool2d.ts";

@unmanaged
export class MaxPool2dArgs extends Pool2dArgs {
  x: usize;
  output: usize;
  indices: usize;
  dilationHeight: i32;
  dilationWidth: i32;
}

/** Largest element of each window, and where in its plane it was. */
export function maxPool2dForward(
  args: MaxPool2dArgs,
  part: i32,
  parts: i32,
): void {
  const x = args.x;
  const output = args.output;
  const indices = args.indices;
  const planes = args.planes;
  const inHeight = args.inHeight, inWidth = args.inWidth;
  const outHeight = args.outHeight, outWidth = args.outWidth;
  const strideHeight = args.strideHeight, paddingHeight = args.paddingHeight;
  const dilationHeight = args.dilationHeight;
  const kernelHeight = args.kernelHeight;
  const halving = isHalving(args);
  const end = partStart(planes, part + 1, parts);
  for (let plane = partStart(planes, part, parts); plane < end; plane++) {
    const image = x + <usize> plane * <usize> (inHeight * inWidth << 2);
    for (let row = 0; row < outHeight; row++) {
      const at: usize = ((plane * outHeight + row) * outWidth) << 2;
      let column = 0;
      if (halving) {
        column = halveRow(
          image,
          row,
          inWidth,
          outWidth,
          output + at,
          indices + at,
        );
      }
      const top = row * strideHeight - paddingHeight;
      for (; column < outWidth; column++) {
        scanWindow(
          image,
          args,
          top,
          column,
          kernelHeight,
          dilationHeight,
          output + at + (<usize> column << 2),
          indices + at + (<usize> column << 2),
        );
      }
    }
  }
}

/** Whether the windows are 2 by 2, side by side, within the image. */
function isHalving(args: MaxPool2dArgs): bool {
  return args.kernelHeight == 2 && args.kernelWidth == 2 &&
    args.strideHeight == 2 && args.strideWidth == 2 &&
    args.paddingHeight == 0 && args.paddingWidth == 0 &&
    args.dilationHeight == 1 && args.dilationWidth == 1 &&
    2 * args.outHeight <= args.inHeight && 2 * args.outWidth <= args.inWidth;
}

/** Four windows of 2 by 2 at once; gives the first column that it left. */
function halveRow(
  image: usize,
  row: i32,
  inWidth: i32,
  outWidth: i32,
  output: usize,
  indices: usize,
): i32 {
  const first = row * 2 * inWidth;
  const upper = image + (<usize> first << 2);
  const lower = upper + (<usize> inWidth << 2);
  const lanes = i32x4(0, 2, 4, 6);
  let column = 0;
  for (; column + 4 <= outWidth; column += 4) {
    const at: usize = column << 3;
    let left = v128.load(upper + at), right = v128.load(upper + at, 16);
    const place = i32x4.add(i32x4.splat(first + column * 2), lanes);
    let best = v128.shuffle<f32>(left, right, 0, 2, 4, 6);
    let where = place;
    let next = v128.shuffle<f32>(left, right, 1, 3, 5, 7);
    let better = isBetter(next, best);
    best = v128.bitselect(next, best, better);
    const beside = i32x4.add(place, i32x4.splat(1));
    where = v128.bitselect(beside, where, better);
    left = v128.load(lower + at);
    right = v128.load(lower + at, 16);
    next = v128.shuffle<f32>(left, right, 0, 2, 4, 6);
    better = isBetter(next, best);
    best = v128.bitselect(next, best, better);
    const below = i32x4.add(place, i32x4.splat(inWidth));
    where = v128.bitselect(below, where, better);
    next = v128.shuffle<f32>(left, right, 1, 3, 5, 7);
    better = isBetter(next, best);
    best = v128.bitselect(next, best, better);
    const across = i32x4.add(place, i32x4.splat(inWidth + 1));
    where = v128.bitselect(across, where, better);
    v128.store(output + (<usize> column << 2), best);
    v128.store(indices + (<usize> column << 2), where);
  }
  return column;
}

/** Lanes in which the next element takes the place of the best. */
function isBetter(next: v128, best: v128): v128 {
  return v128.or(f32x4.gt(next, best), f32x4.ne(next, next));
}

/** The largest element of one window. */
function scanWindow(
  image: usize,
  args: MaxPool2dArgs,
  top: i32,
  column: i32,
  kernelHeight: i32,
  dilationHeight: i32,
  output: usize,
  index: usize,
): void {
  const inHeight = args.inHeight, inWidth = args.inWidth;
  const kernelWidth = args.kernelWidth;
  const dilationWidth = args.dilationWidth;
  const left = column * args.strideWidth - args.paddingWidth;
  let best = -1;
  let largest: f32 = 0;
  for (let i = 0; i < kernelHeight; i++) {
    const inRow = top + i * dilationHeight;
    if (<u32> inRow >= <u32> inHeight) continue;
    for (let j = 0; j < kernelWidth; j++) {
      const inColumn = left + j * dilationWidth;
      if (<u32> inColumn >= <u32> inWidth) continue;
      const at = inRow * inWidth + inColumn;
      const value = load<f32>(image + (<usize> at << 2));
      if (best < 0 || value > largest || value != value) {
        best = at;
        largest = value;
      }
    }
  }
  store<f32>(output, largest);
  store<i32>(index, best);
}

@unmanaged
export class MaxPool2dGradientArgs {
  gradOutput: usize;
  indices: usize;
  gradX: usize;
  planes: i32;
  inArea: i32;
  outArea: i32;
}

/**
 * Sends each gradient to where the largest element was, in the order of the
 * output.
 */
export function maxPool2dGradient(
  args: MaxPool2dGradientArgs,
  part: i32,
  parts: i32,
): void {
  const gradOutput = args.gradOutput;
  const indices = args.indices;
  const gradX = args.gradX;
  const planes = args.planes;
  const inBytes: usize = args.inArea << 2;
  const outBytes: usize = args.outArea << 2;
  const end = partStart(planes, part + 1, parts);
  for (let plane = partStart(planes, part, parts); plane < end; plane++) {
    const image = gradX + <usize> plane * inBytes;
    const first = <usize> plane * outBytes;
    memory.fill(image, 0, inBytes);
    for (let at = first; at < first + outBytes; at += 4) {
      const target = image + (<usize> load<i32>(indices + at) << 2);
      store<f32>(target, load<f32>(target) + load<f32>(gradOutput + at));
    }
  }
}
