// @ts-nocheck: AssemblyScript, compiled by `deno task kernels`.

// As `conv2dInputGradient`, for stride and dilation 1 and no groups, with images in
// lanes, eight of them at a time: a pixel meets those taps alone that lie in the
// gradient, and a row of a plane need not be whole vectors. So it is for small
// planes whose gradient with its padding is mostly padding.
//
// Gradients lie as `[rows, columns, output channels, 8 images]`, weights as `[fours
// of input channels, kernel rows, kernel columns, output channels, 4]`, the last row
// and column first: what a pixel meets of a row is one run in both. A sum starts
// with the bias and runs over kernel row, kernel column, both backwards, output
// channel.

import { fma } from "../../lib/simd/fma.ts";
import { partStart } from "../../lib/simd/parts.ts";
import { fromImages, toImages } from "./image_lanes.ts";

@unmanaged
export class Conv2dPackReversedArgs {
  weight: usize;
  packed: usize;
  inChannels: i32;
  outChannels: i32;
  /** Weights of a pair of channels. */
  taps: i32;
}

/** Packs the weights, zeros for the channels that the last four lack. */
export function conv2dPackReversed(
  args: Conv2dPackReversedArgs,
  part: i32,
  parts: i32,
): void {
  const inChannels = args.inChannels, outChannels = args.outChannels;
  const taps = args.taps;
  const fours = (inChannels + 3) >> 2;
  const end = partStart(fours, part + 1, parts);
  for (let four = partStart(fours, part, parts); four < end; four++) {
    let to = args.packed + (<usize> (four * taps * outChannels) << 4);
    for (let tap = taps - 1; tap >= 0; tap--) {
      for (let channel = 0; channel < outChannels; channel++) {
        for (let lane = 0; lane < 4; lane++) {
          const own = four * 4 + lane;
          const from = (channel * inChannels + own) * taps + tap;
          const at = args.weight + (<usize> from << 2);
          store<f32>(to, own < inChannels ? load<f32>(at) : 0);
          to += 4;
        }
      }
    }
  }
}

@unmanaged
export class Conv2dImageGradientArgs {
  gradOutput: usize;
  /** The weights, packed. */
  packed: usize;
  /** `[inChannels]`, or 0 for none. */
  bias: usize;
  gradX: usize;
  /** Memory of part 0: columns, a row of gradX, the gradients. */
  memory: usize;
  /** Bytes from one part's memory to the next one's. */
  memoryStride: usize;
  batch: i32;
  inChannels: i32;
  inHeight: i32;
  inWidth: i32;
  outChannels: i32;
  outHeight: i32;
  outWidth: i32;
  kernelHeight: i32;
  kernelWidth: i32;
  paddingHeight: i32;
  paddingWidth: i32;
}

/** What a row or column of gradX meets: its first tap, how many, its first pixel. */
let firstTap = 0, taps = 0, firstPixel = 0;

/** Finds it, for a kernel and a gradient of so many rows or columns. */
function meet(at: i32, kernel: i32, size: i32): void {
  const first = at - kernel + 1;
  firstTap = max(0, -first);
  firstPixel = first + firstTap;
  taps = max(0, min(kernel, size - first) - firstTap);
}

/** The gradient. A part is an unbroken range of eights of images. */
export function conv2dImageGradient(
  args: Conv2dImageGradientArgs,
  part: i32,
  parts: i32,
): void {
  const batch = args.batch;
  const inChannels = args.inChannels, inWidth = args.inWidth;
  const inHeight = args.inHeight;
  const outChannels = args.outChannels;
  const outHeight = args.outHeight, outWidth = args.outWidth;
  const columns = args.memory + args.memoryStride * part;
  const row = columns + ((<usize> (inWidth * 12) + 63) & ~63);
  const gradients = row +
    (<usize> (((inChannels + 3) & ~3) * inWidth) << 5);
  for (let x = 0; x < inWidth; x++) {
    meet(x + args.paddingWidth, args.kernelWidth, outWidth);
    const at = columns + <usize> (x * 12);
    store<i32>(at, firstTap * outChannels << 4);
    store<i32>(at, taps * outChannels << 4, 4);
    store<i32>(at, firstPixel * outChannels << 5, 8);
  }
  const from: usize = (outChannels * outHeight * outWidth) << 2;
  const to: usize = (inChannels * inHeight * inWidth) << 2;
  const eights = (batch + 7) >> 3;
  const end = partStart(eights, part + 1, parts);
  for (let eight = partStart(eights, part, parts); eight < end; eight++) {
    const first: usize = eight << 3;
    const count = min(8, batch - (eight << 3));
    toImages(
      args.gradOutput + first * from,
      count,
      outChannels,
      outHeight,
      outWidth,
      gradients,
    );
    for (let y = 0; y < inHeight; y++) {
      meet(y + args.paddingHeight, args.kernelHeight, outHeight);
      rowOfGradient(args, gradients, columns, row);
      fromImages(
        row,
        args.gradX + first * to + (<usize> (y * inWidth) << 2),
        count,
        inChannels,
        inWidth,
        <usize> (inHeight * inWidth) << 2,
        to,
      );
    }
  }
}

/** The row of gradX that meets what was found last, `[channels, columns, 8]`. */
function rowOfGradient(
  args: Conv2dImageGradientArgs,
  gradients: usize,
  columns: usize,
  to: usize,
): void {
  const inChannels = args.inChannels, outChannels = args.outChannels;
  const kernelHeight = args.kernelHeight;
  const bias = args.bias;
  const rows = taps;
  const fromRow: usize = (args.outWidth * outChannels) << 5;
  const weightRow: usize = (args.kernelWidth * outChannels) << 4;
  const from = gradients + <usize> firstPixel * fromRow;
  const plane: usize = args.inWidth << 5;
  const end = columns + <usize> (args.inWidth * 12);
  let weights = args.packed + <usize> firstTap * weightRow;
  for (let channel = 0; channel < inChannels; channel += 4) {
    let b0 = f32x4.splat(0), b1 = b0, b2 = b0, b3 = b0;
    if (bias != 0) {
      const own = bias + (<usize> channel << 2);
      const last = inChannels - channel - 1;
      b0 = v128.load32_splat(own);
      b1 = v128.load32_splat(own + (<usize> min(1, last) << 2));
      b2 = v128.load32_splat(own + (<usize> min(2, last) << 2));
      b3 = v128.load32_splat(own + (<usize> min(3, last) << 2));
    }
    let own = to + <usize> channel * plane;
    for (let column = columns; column < end; column += 12) {
      tile(
        from + load<u32>(column, 8),
        fromRow,
        weights + load<u32>(column),
        weightRow,
        load<u32>(column, 4),
        rows,
        b0,
        b1,
        b2,
        b3,
        own,
        plane,
      );
      own += 32;
    }
    weights += <usize> kernelHeight * weightRow;
  }
}

/** Four channels of a pixel of eight images, `run` bytes of weights in a row. */
function tile(
  gradients: usize,
  fromRow: usize,
  weights: usize,
  weightRow: usize,
  run: usize,
  rows: i32,
  b0: v128,
  b1: v128,
  b2: v128,
  b3: v128,
  to: usize,
  plane: usize,
): void {
  let l0 = b0, l1 = b1, l2 = b2, l3 = b3;
  let r0 = b0, r1 = b1, r2 = b2, r3 = b3;
  for (let row = 0; row < rows; row++) {
    let from = gradients;
    const end = weights + run;
    for (let weight = weights; weight < end; weight += 16) {
      const x = v128.load(from), y = v128.load(from, 16);
      const w = v128.load(weight);
      let one = v128.shuffle<f32>(w, w, 0, 0, 0, 0);
      l0 = fma(one, x, l0);
      r0 = fma(one, y, r0);
      one = v128.shuffle<f32>(w, w, 1, 1, 1, 1);
      l1 = fma(one, x, l1);
      r1 = fma(one, y, r1);
      one = v128.shuffle<f32>(w, w, 2, 2, 2, 2);
      l2 = fma(one, x, l2);
      r2 = fma(one, y, r2);
      one = v128.shuffle<f32>(w, w, 3, 3, 3, 3);
      l3 = fma(one, x, l3);
      r3 = fma(one, y, r3);
      from += 32;
    }
    gradients += fromRow;
    weights += weightRow;
  }
  put(to, l0, r0);
  put(to + plane, l1, r1);
  put(to + 2 * plane, l2, r2);
  put(to + 3 * plane, l3, r3);
}

function put(to: usize, left: v128, right: v128): void {
  v128.store(to, left);
  v128.store(to, right, 16);
}
