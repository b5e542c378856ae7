// @ts-nocheck: AssemblyScript, compiled by `deno task kernels`.

// As `conv2dWeightSums`, for kernels that are 5 wide, with stride and dilation 1
// and output channels that fill eights of lanes but for three at most, which then
// are 0: a pixel of x and the 4 to its right meet 8 channels of the gradient in 10
// sums, which stay in registers. An image's sum runs over its pixels in order, and
// is added to those of the images before.

import { fma } from "../../lib/simd/fma.ts";
import { partStart } from "../../lib/simd/parts.ts";
import { padImage, rowBytes, sourceBytes } from "./_layout.ts";
import { anyToLanes } from "./lanes.ts";
import { Conv2dWeightSumsArgs } from "./weight_gradient.ts";

@unmanaged
export class Conv2dWeightRowsArgs extends Conv2dWeightSumsArgs {}

/** A part's sums, as those of `conv2dWeightSums`; there is no table of taps. */
export function conv2dWeightRows(
  args: Conv2dWeightRowsArgs,
  part: i32,
  parts: i32,
): void {
  const gradOutput = args.gradOutput, x = args.x;
  const stride = args.memoryStride;
  const sums = args.memory + stride * part;
  const batch = args.batch, channels = args.outChannels;
  const height = args.outHeight, width = args.outWidth;
  const kernelHeight = args.kernelHeight;
  const inChannels = args.channels;
  const taps = inChannels * kernelHeight * 5;
  const fours: usize = (channels + 3) >> 2;
  const gradient = sums + ((fours * (<usize> taps << 4) + 63) & ~63);
  const plane: usize = (height * width) << 4;
  const padded = gradient + fours * plane;
  memory.fill(sums, 0, stride);
  const xBytes = sourceBytes(args);
  const gBytes: usize = (channels * height * width) << 2;
  const xRow = rowBytes(args);
  const xChannel = xRow * <usize> (height + kernelHeight - 1);
  const end = partStart(batch, part + 1, parts);
  let image = partStart(batch, part, parts);
  for (; image < end; image++) {
    const own = gradOutput + <usize> image * gBytes;
    padImage(x + <usize> image * xBytes, padded, args);
    anyToLanes(own, channels, height, width, gradient, height, width, 0, 0);
    for (let group: usize = 0; group < fours; group += 2) {
      let to = sums + group * (<usize> taps << 4);
      for (let channel: usize = 0; channel < <usize> inChannels; channel++) {
        for (let row: usize = 0; row < <usize> kernelHeight; row++) {
          addRow(
            gradient + group * plane,
            plane,
            padded + channel * xChannel + row * xRow,
            xRow,
            height,
            width,
            to,
            <usize> taps << 4,
          );
          to += 80;
        }
      }
    }
  }
}

/** Adds to the sums of 8 channels and the 5 taps of a row of the kernel. */
function addRow(
  gradient: usize,
  plane: usize,
  x: usize,
  xRow: usize,
  height: i32,
  width: i32,
  sums: usize,
  group: usize,
): void {
  let l0 = f32x4.splat(0), l1 = l0, l2 = l0, l3 = l0, l4 = l0;
  let r0 = l0, r1 = l0, r2 = l0, r3 = l0, r4 = l0;
  for (let row = 0; row < height; row++) {
    let at = x;
    for (let column = 0; column < width; column++) {
      const low = v128.load(gradient), high = v128.load(gradient + plane);
      const four = v128.load(at);
      let one = v128.shuffle<f32>(four, four, 0, 0, 0, 0);
      l0 = fma(one, low, l0);
      r0 = fma(one, high, r0);
      one = v128.shuffle<f32>(four, four, 1, 1, 1, 1);
      l1 = fma(one, low, l1);
      r1 = fma(one, high, r1);
      one = v128.shuffle<f32>(four, four, 2, 2, 2, 2);
      l2 = fma(one, low, l2);
      r2 = fma(one, high, r2);
      one = v128.shuffle<f32>(four, four, 3, 3, 3, 3);
      l3 = fma(one, low, l3);
      r3 = fma(one, high, r3);
      one = v128.load32_splat(at, 16);
      l4 = fma(one, low, l4);
      r4 = fma(one, high, r4);
      gradient += 16;
      at += 4;
    }
    x += xRow;
  }
  const upper = sums + group;
  add(sums, l0);
  add(sums + 16, l1);
  add(sums + 32, l2);
  add(sums + 48, l3);
  add(sums + 64, l4);
  add(upper, r0);
  add(upper + 16, r1);
  add(upper + 32, r2);
  add(upper + 48, r3);
  add(upper + 64, r4);
}

function add(at: usize, lanes: v128): void {
  v128.store(at, f32x4.add(v128.load(at), lanes));
}
