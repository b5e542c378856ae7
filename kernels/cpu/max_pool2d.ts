// @ts-nocheck: AssemblyScript, compiled by `deno task kernels`.

// Max pooling of `[batch, channels, height, width]` and its gradient. A window
// is scanned row by row; the padding takes no part. NaN is above all, and of
// several the last. A thread takes an unbroken part of the planes.
//
// Arguments of a window, from some offset on: inHeight, inWidth, outHeight,
// outWidth, kernelHeight, kernelWidth, strideHeight, strideWidth,
// paddingHeight, paddingWidth, dilationHeight, dilationWidth.

import { partStart } from "../lib/simd/parts.ts";

/**
 * Largest element of each window, and where in its plane it was. Arguments: x,
 * output, indices, planes, then the window.
 */
export function maxPool2dForward(args: usize, thread: i32, threads: i32): void {
  const x: usize = load<u32>(args);
  const output: usize = load<u32>(args, 4);
  const indices: usize = load<u32>(args, 8);
  const planes = load<i32>(args, 12);
  const inHeight = load<i32>(args, 16), inWidth = load<i32>(args, 20);
  const outHeight = load<i32>(args, 24), outWidth = load<i32>(args, 28);
  const strideHeight = load<i32>(args, 40), paddingHeight = load<i32>(args, 48);
  const dilationHeight = load<i32>(args, 56);
  const kernelHeight = load<i32>(args, 32);
  const halving = isHalving(args);
  const end = partStart(planes, thread + 1, threads);
  for (let plane = partStart(planes, thread, threads); plane < end; plane++) {
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

/** Whether the windows are 2 by 2, side by side. */
function isHalving(args: usize): bool {
  return load<i32>(args, 32) == 2 && load<i32>(args, 36) == 2 &&
    load<i32>(args, 40) == 2 && load<i32>(args, 44) == 2 &&
    load<i32>(args, 48) == 0 && load<i32>(args, 52) == 0 &&
    load<i32>(args, 56) == 1 && load<i32>(args, 60) == 1;
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
  args: usize,
  top: i32,
  column: i32,
  kernelHeight: i32,
  dilationHeight: i32,
  output: usize,
  index: usize,
): void {
  const inHeight = load<i32>(args, 16), inWidth = load<i32>(args, 20);
  const kernelWidth = load<i32>(args, 36);
  const dilationWidth = load<i32>(args, 60);
  const left = column * load<i32>(args, 44) - load<i32>(args, 52);
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

/**
 * Sends each gradient to where the largest element was, in the order of the
 * output. Arguments: gradOutput, indices, gradX, planes, inArea, outArea.
 */
export function maxPool2dGradient(
  args: usize,
  thread: i32,
  threads: i32,
): void {
  const gradOutput: usize = load<u32>(args);
  const indices: usize = load<u32>(args, 4);
  const gradX: usize = load<u32>(args, 8);
  const planes = load<i32>(args, 12);
  const inBytes: usize = load<i32>(args, 16) << 2;
  const outBytes: usize = load<i32>(args, 20) << 2;
  const end = partStart(planes, thread + 1, threads);
  for (let plane = partStart(planes, thread, threads); plane < end; plane++) {
    const image = gradX + <usize> plane * inBytes;
    const first = <usize> plane * outBytes;
    memory.fill(image, 0, inBytes);
    for (let at = first; at < first + outBytes; at += 4) {
      const target = image + (<usize> load<i32>(indices + at) << 2);
      store<f32>(target, load<f32>(target) + load<f32>(gradOutput + at));
    }
  }
}
