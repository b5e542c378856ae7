// @ts-nocheck: AssemblyScript, compiled by `deno task kernels`.

// As `conv2dWeightSums`, for kernels, strides and dilations of any size, no groups
// and a multiple of 8 output channels: lanes are channels, so that a vector of x
// is 4 input channels of a pixel, and meets 8 channels of the gradient in 8 sums,
// which stay in registers. A sum runs over the pixels of some rows in order, and is
// added to those of the rows and images before.

import { fma } from "../../lib/simd/fma.ts";
import { partStart } from "../../lib/simd/parts.ts";
import { sourceBytes } from "./_layout.ts";
import { anyToLanes, toLanes } from "./lanes.ts";
import { Conv2dWeightSumsArgs } from "./weight_gradient.ts";

/** Pixels that a sum runs over: 8 KB of the gradient stay in the cache. */
const PIXELS = 256;

/** The layout has one phase: a stride is a step of more than one pixel. */
@unmanaged
export class Conv2dWeightLanesArgs extends Conv2dWeightSumsArgs {
  strideWidth: i32;
}

/**
 * A part's sums, as those of `conv2dWeightSums`. After them lie an image's gradient
 * `[outChannels / 4, pixels, 4]` and its padded x `[⌈inChannels / 4⌉, rows, columns,
 * 4]`.
 */
export function conv2dWeightLanes(
  args: Conv2dWeightLanesArgs,
  part: i32,
  parts: i32,
): void {
  const gradOutput = args.gradOutput, x = args.x;
  const sums = args.memory + args.memoryStride * part;
  const inChannels = args.channels, channels = args.outChannels;
  const height = args.outHeight, width = args.outWidth;
  const taps = inChannels * args.kernelHeight * args.kernelWidth;
  const gradient = sums + ((<usize> (channels * taps << 2) + 63) & ~63);
  const padded = gradient + (<usize> (channels * height * width) << 2);
  memory.fill(sums, 0, args.memoryStride);
  const xBytes = sourceBytes(args);
  const gBytes: usize = (channels * height * width) << 2;
  const end = partStart(args.batch, part + 1, parts);
  let image = partStart(args.batch, part, parts);
  for (; image < end; image++) {
    anyToLanes(
      x + <usize> image * xBytes,
      inChannels,
      args.height,
      args.width,
      padded,
      args.rows,
      args.columns,
      args.top,
      args.left,
    );
    toLanes(
      gradOutput + <usize> image * gBytes,
      channels,
      height,
      width,
      gradient,
      height,
      width,
      0,
      0,
    );
    addImage(args, sums, taps, gradient, padded);
  }
}

/** Adds an image's sums. */
function addImage(
  args: Conv2dWeightLanesArgs,
  sums: usize,
  taps: i32,
  gradient: usize,
  padded: usize,
): void {
  const inChannels = args.channels, channels = args.outChannels;
  const height = args.outHeight, width = args.outWidth;
  const kernelWidth = args.kernelWidth;
  const kernel = args.kernelHeight * kernelWidth;
  const dilationHeight = args.dilationHeight,
    dilationWidth = args.dilationWidth;
  const rowLength: usize = args.columns << 4;
  const xPlane = rowLength * <usize> args.rows;
  const xRow = rowLength * <usize> args.strideHeight;
  const step: usize = args.strideWidth << 4;
  const plane: usize = (height * width) << 4;
  const rows = max(1, PIXELS / width);
  for (let eight = 0; eight < channels >> 3; eight++) {
    const upper = gradient + <usize> (eight * 2) * plane;
    const ofEight = sums + (<usize> (eight * 2 * taps) << 4);
    for (let row = 0; row < height; row += rows) {
      const g = upper + (<usize> (row * width) << 4);
      for (let channel = 0; channel < inChannels; channel += 4) {
        const from = padded + <usize> (channel >> 2) * xPlane +
          <usize> row * xRow;
        for (let tap = 0; tap < kernel; tap++) {
          const y = tap / kernelWidth, x = tap - y * kernelWidth;
          addTile(
            g,
            plane,
            from + <usize> (y * dilationHeight) * rowLength +
              (<usize> (x * dilationWidth) << 4),
            step,
            xRow,
            min(rows, height - row),
            width,
            ofEight + (<usize> (channel * kernel + tap) << 4),
            <usize> taps << 4,
            <usize> kernel << 4,
            inChannels - channel,
          );
        }
      }
    }
  }
}

/**
 * Adds to the sums of a tap, 4 input channels, of which the last may be missing,
 * and 8 output channels.
 */
function addTile(
  gradient: usize,
  plane: usize,
  x: usize,
  step: usize,
  xRow: usize,
  rows: i32,
  width: i32,
  sums: usize,
  four: usize,
  channel: usize,
  channels: i32,
): void {
  let l0 = f32x4.splat(0), l1 = l0, l2 = l0, l3 = l0;
  let r0 = l0, r1 = l0, r2 = l0, r3 = l0;
  for (let row = 0; row < rows; row++) {
    let at = x;
    for (let column = 0; column < width; column++) {
      const all = v128.load(at);
      const low = v128.load(gradient), high = v128.load(gradient + plane);
      let one = v128.shuffle<f32>(all, all, 0, 0, 0, 0);
      l0 = fma(one, low, l0);
      r0 = fma(one, high, r0);
      one = v128.shuffle<f32>(all, all, 1, 1, 1, 1);
      l1 = fma(one, low, l1);
      r1 = fma(one, high, r1);
      one = v128.shuffle<f32>(all, all, 2, 2, 2, 2);
      l2 = fma(one, low, l2);
      r2 = fma(one, high, r2);
      one = v128.shuffle<f32>(all, all, 3, 3, 3, 3);
      l3 = fma(one, low, l3);
      r3 = fma(one, high, r3);
      gradient += 16;
      at += step;
    }
    x += xRow;
  }
  add(sums, four, l0, r0);
  if (channels > 1) add(sums + channel, four, l1, r1);
  if (channels > 2) add(sums + 2 * channel, four, l2, r2);
  if (channels > 3) add(sums + 3 * channel, four, l3, r3);
}

function add(at: usize, four: usize, low: v128, high: v128): void {
  v128.store(at, f32x4.add(v128.load(at), low));
  const upper = at + four;
  v128.store(upper, f32x4.add(v128.load(upper), high));
}
