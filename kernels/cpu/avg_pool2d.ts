// @ts-nocheck: AssemblyScript, compiled by `deno task kernels`.

// Average pooling of `[batch, channels, height, width]` and its gradient. The
// sum of a window runs row by row. Where windows overlap, the gradient is added
// up output by output. A thread takes an unbroken part of the planes.
//
// Arguments: two operands, planes, inHeight, inWidth, outHeight, outWidth,
// kernelHeight, kernelWidth, strideHeight, strideWidth, paddingHeight,
// paddingWidth, whether padded zeros count in the divisor.

import { partStart } from "../lib/simd/parts.ts";

/** Mean of each window of x (first operand) into output (second). */
export function avgPool2dForward(args: usize, thread: i32, threads: i32): void {
  const planes = load<i32>(args, 8);
  const end = partStart(planes, thread + 1, threads);
  for (let plane = partStart(planes, thread, threads); plane < end; plane++) {
    slide(args, plane, false);
  }
}

/** Spreads each gradOutput (first operand) over its window of gradX (second). */
export function avgPool2dGradient(
  args: usize,
  thread: i32,
  threads: i32,
): void {
  const gradX: usize = load<u32>(args, 4);
  const planes = load<i32>(args, 8);
  const bytes: usize = (load<i32>(args, 12) * load<i32>(args, 16)) << 2;
  const end = partStart(planes, thread + 1, threads);
  for (let plane = partStart(planes, thread, threads); plane < end; plane++) {
    memory.fill(gradX + <usize> plane * bytes, 0, bytes);
    slide(args, plane, true);
  }
}

/** Goes over the windows of a plane, forth or back. */
function slide(args: usize, plane: i32, back: bool): void {
  const inHeight = load<i32>(args, 12), inWidth = load<i32>(args, 16);
  const outHeight = load<i32>(args, 20), outWidth = load<i32>(args, 24);
  const kernelHeight = load<i32>(args, 28), kernelWidth = load<i32>(args, 32);
  const strideHeight = load<i32>(args, 36), strideWidth = load<i32>(args, 40);
  const paddingHeight = load<i32>(args, 44), paddingWidth = load<i32>(args, 48);
  const countsPadding = load<i32>(args, 52) != 0;
  const large: usize = back ? load<u32>(args, 4) : load<u32>(args);
  const small: usize = back ? load<u32>(args) : load<u32>(args, 4);
  const image = large + <usize> plane * <usize> (inHeight * inWidth << 2);
  let at = small + <usize> plane * <usize> (outHeight * outWidth << 2);
  for (let row = 0; row < outHeight; row++) {
    const above = row * strideHeight - paddingHeight;
    const top = max(above, 0), bottom = min(above + kernelHeight, inHeight);
    for (let column = 0; column < outWidth; column++) {
      const before = column * strideWidth - paddingWidth;
      const left = max(before, 0);
      const right = min(before + kernelWidth, inWidth);
      const divisor = <f32> (countsPadding
        ? kernelHeight * kernelWidth
        : (bottom - top) * (right - left));
      if (back) {
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
