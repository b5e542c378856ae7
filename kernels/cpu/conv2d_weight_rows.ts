// @ts-nocheck: AssemblyScript, compiled by `deno task kernels`.

// As `conv2dWeightSums`, for kernels that are 5 wide, with stride and dilation 1
// and a multiple of 8 output channels: lanes are channels, so that a pixel of x
// and the 4 to its right meet 8 channels of the gradient in 10 sums, which stay
// in registers. An image's sum runs over its pixels in order, and
// is added to those of the images before.

import { CHANNELS, padImage, rowBytes, sourceBytes } from "./_conv2d_layout.ts";
import { toLanes } from "./_lanes.ts";
import { fma } from "../lib/simd/fma.ts";
import { partStart } from "../lib/simd/parts.ts";

/** Arguments: those of `conv2dWeightSums`; the table of taps stays empty. */
export function conv2dWeightRows(args: usize, thread: i32, threads: i32): void {
  const gradOutput: usize = load<u32>(args), x: usize = load<u32>(args, 4);
  const stride: usize = load<u32>(args, 12);
  const sums: usize = load<u32>(args, 8) + stride * thread;
  const batch = load<i32>(args, 16), channels = load<i32>(args, 20);
  const height = load<i32>(args, 24), width = load<i32>(args, 28);
  const kernelHeight = load<i32>(args, 32);
  const layout = args + 52;
  const inChannels = load<i32>(layout, CHANNELS);
  const taps = inChannels * kernelHeight * 5;
  const gradient = sums + ((<usize> (channels * taps << 2) + 63) & ~63);
  const plane: usize = (height * width) << 4;
  const padded = gradient + <usize> (channels >> 2) * plane;
  memory.fill(sums, 0, stride);
  const xBytes = sourceBytes(layout);
  const gBytes: usize = (channels * height * width) << 2;
  const xRow = rowBytes(layout);
  const xChannel = xRow * <usize> (height + kernelHeight - 1);
  const end = partStart(batch, thread + 1, threads);
  let image = partStart(batch, thread, threads);
  for (; image < end; image++) {
    const own = gradOutput + <usize> image * gBytes;
    padImage(x + <usize> image * xBytes, padded, layout);
    toLanes(own, channels, height, width, gradient, height, width, 0, 0);
    for (let group: usize = 0; group < <usize> (channels >> 2); group += 2) {
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
