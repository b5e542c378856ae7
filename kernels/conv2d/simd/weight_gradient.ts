// @ts-nocheck: AssemblyScript, compiled by `deno task kernels`.

// Gradient of a 2-D convolution of any shape with respect to its weight.
//
// Every part sums over its images, an unbroken range of them; a second function
// adds the sums of all parts, in their order. An image's sum runs over its
// pixels in four lanes, row by row, 4 output channels and 2 taps at once in
// registers, and is added to those of the images before.

import { fma } from "../../lib/simd/fma.ts";
import { partStart } from "../../lib/simd/parts.ts";
import {
  ImageLayout,
  padImage,
  rowBytes,
  sourceBytes,
  tapTable,
} from "./_layout.ts";

/** Taps of a tile. */
const TAPS = 2;

/** Vectors that a lane's sum runs over before it is added to the others. */
const VECTORS = 256;

/** The layout is that of x. */
@unmanaged
export class Conv2dWeightSumsArgs extends ImageLayout {
  gradOutput: usize;
  x: usize;
  /** Memory of part 0: sums, table of taps, gradient, padded image. */
  memory: usize;
  /** Bytes from one part's memory to the next one's. */
  memoryStride: usize;
  /** Images times groups: a group of an image is an image to all that follows. */
  batch: i32;
  groups: i32;
  /** Channels of a group's output. */
  outChannels: i32;
  outHeight: i32;
  outWidth: i32;
  kernelHeight: i32;
  kernelWidth: i32;
  strideHeight: i32;
  dilationHeight: i32;
  dilationWidth: i32;
}

/**
 * A part's sums over its images, for each group `[fours, k, 4]` of output channels,
 * k over input channel and tap.
 */
export function conv2dWeightSums(
  args: Conv2dWeightSumsArgs,
  part: i32,
  parts: i32,
): void {
  const gradOutput = args.gradOutput, x = args.x;
  const stride = args.memoryStride;
  const sums = args.memory + stride * part;
  const batch = args.batch, channels = args.outChannels;
  const height = args.outHeight, width = args.outWidth;
  const kernelHeight = args.kernelHeight, kernelWidth = args.kernelWidth;
  const taps = args.channels * kernelHeight * kernelWidth;
  const groups = args.groups;
  const fours = (channels + 3) >> 2;
  const vectors = height * ((width + 3) >> 2);
  const ofGroup: usize = (fours * taps) << 4;
  const table = sums + ((<usize> groups * ofGroup + 63) & ~63);
  const gradient = table + ((<usize> ((taps + TAPS) << 2) + 63) & ~63);
  const padded = gradient + (<usize> (fours * vectors) << 6);
  memory.fill(sums, 0, stride);
  tapTable(
    table,
    args,
    kernelHeight,
    kernelWidth,
    args.dilationHeight,
    args.dilationWidth,
    TAPS,
  );
  const xBytes = sourceBytes(args);
  const gBytes: usize = (channels * height * width) << 2;
  const end = partStart(batch, part + 1, parts);
  let image = partStart(batch, part, parts);
  for (; image < end; image++) {
    padImage(x + <usize> image * xBytes, padded, args);
    interleave(
      gradOutput + <usize> image * gBytes,
      gradient,
      channels,
      height,
      width,
    );
    const own = sums + <usize> (image % groups) * ofGroup;
    addImage(args, own, table, taps, gradient, padded);
  }
}

/** Adds an image's sums. */
function addImage(
  args: Conv2dWeightSumsArgs,
  sums: usize,
  table: usize,
  taps: i32,
  gradient: usize,
  padded: usize,
): void {
  const groups = (args.outChannels + 3) >> 2;
  const height = args.outHeight;
  const inRow = (args.outWidth + 3) >> 2;
  const xRow = rowBytes(args) * args.strideHeight;
  const rows = max(1, VECTORS / inRow);
  for (let group = 0; group < groups; group++) {
    for (let row = 0; row < height; row += rows) {
      const first = group * height + row;
      const from = padded + <usize> row * xRow;
      for (let tap = 0; tap < taps; tap += TAPS) {
        const offsets = table + (<usize> tap << 2);
        tile(
          gradient + (<usize> (first * inRow) << 6),
          from + load<u32>(offsets),
          from + load<u32>(offsets, 4),
          min(rows, height - row),
          <usize> inRow << 4,
          xRow,
          sums + (<usize> (group * taps + tap) << 4),
          taps - tap,
        );
      }
    }
  }
}

/**
 * An image's gradient as `[groups of 4, height, vectors in a row, 4 channels, 4
 * pixels]`, zeros for the channels and pixels that are not there.
 */
function interleave(
  image: usize,
  to: usize,
  channels: i32,
  height: i32,
  width: i32,
): void {
  const groups = (channels + 3) >> 2;
  for (let group = 0; group < groups; group++) {
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column += 4) {
        const lanes = min(4, width - column);
        const count = min(4, channels - group * 4);
        for (let channel = 0; channel < count; channel++) {
          const plane = (group * 4 + channel) * height + row;
          const from = image + (<usize> (plane * width + column) << 2);
          if (lanes == 4) {
            v128.store(to + (<usize> channel << 4), v128.load(from));
          } else {
            for (let lane: usize = 0; lane < <usize> lanes; lane++) {
              const value = load<f32>(from + (lane << 2));
              store<f32>(to + (<usize> channel << 4) + (lane << 2), value);
            }
          }
        }
        to += 64;
      }
    }
  }
}

/** Adds to the sums of four channels and two taps, of which one may be missing. */
function tile(
  gradient: usize,
  x0: usize,
  x1: usize,
  rows: i32,
  rowBytes: usize,
  xRow: usize,
  sums: usize,
  taps: i32,
): void {
  let a0 = f32x4.splat(0), a1 = a0, a2 = a0, a3 = a0;
  let b0 = a0, b1 = a0, b2 = a0, b3 = a0;
  for (let row = 0; row < rows; row++) {
    for (let at: usize = 0; at < rowBytes; at += 16) {
      const x = v128.load(x0 + at);
      const y = v128.load(x1 + at);
      let g = v128.load(gradient);
      a0 = fma(g, x, a0);
      b0 = fma(g, y, b0);
      g = v128.load(gradient, 16);
      a1 = fma(g, x, a1);
      b1 = fma(g, y, b1);
      g = v128.load(gradient, 32);
      a2 = fma(g, x, a2);
      b2 = fma(g, y, b2);
      g = v128.load(gradient, 48);
      a3 = fma(g, x, a3);
      b3 = fma(g, y, b3);
      gradient += 64;
    }
    x0 += xRow;
    x1 += xRow;
  }
  addSums(sums, a0, a1, a2, a3);
  if (taps > 1) addSums(sums + 16, b0, b1, b2, b3);
}

/** Adds the sum of each vector's lanes, `(0 + 2) + (1 + 3)`, to a lane of `sums`. */
function addSums(sums: usize, a: v128, b: v128, c: v128, d: v128): void {
  const ab = f32x4.add(
    v128.shuffle<f32>(a, b, 0, 1, 4, 5),
    v128.shuffle<f32>(a, b, 2, 3, 6, 7),
  );
  const cd = f32x4.add(
    v128.shuffle<f32>(c, d, 0, 1, 4, 5),
    v128.shuffle<f32>(c, d, 2, 3, 6, 7),
  );
  const all = f32x4.add(
    v128.shuffle<f32>(ab, cd, 0, 2, 4, 6),
    v128.shuffle<f32>(ab, cd, 1, 3, 5, 7),
  );
  v128.store(sums, f32x4.add(v128.load(sums), all));
}

@unmanaged
export class Conv2dWeightGradientArgs {
  /** The sums of part 0, and bytes from one part's sums to the next one's. */
  sums: usize;
  sumsStride: usize;
  gradWeight: usize;
  groups: i32;
  /** Channels of a group's output. */
  outChannels: i32;
  /** Weights of a channel. */
  taps: i32;
  /** How many parts have sums. */
  summed: i32;
}

/** Adds the sums of all parts, in their order. */
export function conv2dWeightGradient(
  args: Conv2dWeightGradientArgs,
  part: i32,
  parts: i32,
): void {
  const sums = args.sums;
  const stride = args.sumsStride;
  const gradWeight = args.gradWeight;
  const channels = args.outChannels, taps = args.taps;
  const summed: usize = args.summed;
  const fours = (channels + 3) >> 2;
  const count = args.groups * channels;
  const end = partStart(count, part + 1, parts);
  for (let item = partStart(count, part, parts); item < end; item++) {
    const channel = item % channels;
    const four = item / channels * fours + (channel >> 2);
    const from = sums + (<usize> (four * taps) << 4) +
      (<usize> (channel & 3) << 2);
    const to = gradWeight + (<usize> (item * taps) << 2);
    for (let tap: usize = 0; tap < <usize> taps; tap++) {
      let sum = load<f32>(from + (tap << 4));
      for (let other: usize = 1; other < summed; other++) {
        sum += load<f32>(from + (tap << 4) + other * stride);
      }
      store<f32>(to + (tap << 2), sum);
    }
  }
}
