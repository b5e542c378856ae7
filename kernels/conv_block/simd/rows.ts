// @ts-nocheck: AssemblyScript, compiled by `deno task kernels`.

// A block in evaluation with few input channels, its 5×5 convolution by Winograd's
// F(4, 5) along the rows and directly across them: 40 multiplications where 100 are,
// and few transforms. Pairs of output rows are pooled together. A pair's tiles follow
// the previous one's, as their windows do in the output, and four are the lanes of a
// vector: so the output's width is a multiple of 4, and there are four tiles or more.
// Output channels are a multiple of 4. A part is an unbroken range of the images, one
// at a time:
//
//   weights, transformed              U  [fours of outChannels, 8, inChannels, 5, 4]
//   one four's, not transformed          [inChannels, 5, 5, 4]
//   two rows of four channels         M  [4, 2, 8, 4]
//   a channel with its padding           [inHeight, 16 · fours + 8]
//   a four's elements                    [inHeight, 8, 4]
//   even and odd rows, transformed    R  [inChannels, 8, 2, pairs of rows, tiles]

import { transformInput } from "../../conv2d/winograd/simd/_transforms.ts";
import { transformKernel } from "../../conv2d/winograd/simd/weights.ts";
import { toLanes } from "../../conv2d/simd/lanes.ts";
import { fma } from "../../lib/simd/fma.ts";
import { partStart } from "../../lib/simd/parts.ts";
import { FusedBlockArgs } from "./_arguments.ts";
import { putWindows } from "./_pooled.ts";
import { padPlane, ROW, rowBytes, spreadRows } from "./_rows.ts";

@unmanaged
export class ConvBlockRowsArgs extends FusedBlockArgs {
  weight: usize;
  /** What the convolution is multiplied by, `[outChannels]`. */
  factor: usize;
}

/** Bytes of M. */
const PRODUCTS: usize = 1024;

// What a call is about; every thread has its own.
/** Tiles of a row. */
let across = 0;
/** Bytes of the even rows, or the odd ones, of a frequency, and of a channel. */
let halfBytes: usize = 0, channelBytes: usize = 0;

/** As `convBlockWinograd`. */
export function convBlockRows(
  args: ConvBlockRowsArgs,
  part: i32,
  parts: i32,
): void {
  const end = partStart(args.batch, part + 1, parts);
  let image = partStart(args.batch, part, parts);
  if (image == end) return;
  const inChannels: usize = args.inChannels;
  const inHeight = args.inHeight;
  across = args.outWidth >> 2;
  halfBytes = <usize> (((args.outHeight + 6) >> 1) * across + 4) << 2;
  channelBytes = 16 * halfBytes;
  const taps = inChannels * 5;
  const weights = args.memory + args.memoryStride * part;
  const weightBytes = (<usize> args.outChannels * taps) << 5;
  const products = weights + weightBytes + ((taps * 5) << 4);
  const padded = products + PRODUCTS;
  const elements = padded +
    <usize> inHeight * rowBytes((args.outWidth + 15) >> 4);
  const rows = elements + <usize> inHeight * ROW;
  transformWeights(args, weights, weights + weightBytes, taps);
  memory.fill(padded, 0, rows + inChannels * channelBytes - padded);
  const plane = <usize> (inHeight * args.inWidth) << 2;
  const outPlane = <usize> ((args.outHeight >> 1) * across) << 3;
  let from = args.x + <usize> image * inChannels * plane;
  let to = args.output + <usize> (image * args.outChannels) * outPlane;
  for (; image < end; image++) {
    for (let channel: usize = 0; channel < inChannels; channel++) {
      inputRows(from, padded, elements, rows + channel * channelBytes, args);
      from += plane;
    }
    outputRows(rows, weights, products, to, outPlane, args);
    to += <usize> args.outChannels * outPlane;
  }
}

/** `Bᵀ` along the rows of a channel. */
function inputRows(
  image: usize,
  padded: usize,
  elements: usize,
  to: usize,
  args: ConvBlockRowsArgs,
): void {
  const height = args.inHeight, top = args.paddingHeight;
  const fours = (across + 3) >> 2;
  const step: usize = across << 2, frequency = 2 * halfBytes;
  padPlane(image, height, args.inWidth, padded, args.paddingWidth, fours);
  // The last vector of a row reaches into the next one, whose first comes later.
  for (let four = fours - 1; four >= 0; four--) {
    spreadRows(padded + (<usize> four << 6), height, fours, elements);
    for (let y = 0; y < 2; y++) {
      const row = y + top, count = (height - y + 1) >> 1;
      const first = to + (row & 1) * halfBytes + (row >> 1) * step;
      const place = first + (<usize> four << 4);
      const own = elements + y * ROW;
      transformInput(own, 16, 2 * ROW, place, frequency, step, count);
      let next = first + <usize> count * step;
      for (let i = 0; i < 8; i++) {
        v128.store(next, f32x4.splat(0));
        next += frequency;
      }
    }
  }
}

/** The products, `Aᵀ` along the rows, and all that follows. */
function outputRows(
  rows: usize,
  weights: usize,
  products: usize,
  to: usize,
  outPlane: usize,
  args: ConvBlockRowsArgs,
): void {
  const taps = <usize> args.inChannels * 5;
  const tiles = (args.outHeight >> 1) * across;
  for (let next = 0; next < tiles; next += 4) {
    const tile: usize = min(next, tiles - 4);
    let w = weights, constant = args.constant, place = to + (tile << 3);
    for (let channel = 0; channel < args.outChannels; channel += 4) {
      multiplyRows(rows + (tile << 2), w, taps << 4, products);
      putWindows(products, 4, constant, 4, place, outPlane, 8);
      w += taps << 7;
      constant += 16;
      place += 4 * outPlane;
    }
  }
}

/** `G` along the rows of all kernels, and the normalisation's factor. */
function transformWeights(
  args: ConvBlockRowsArgs,
  to: usize,
  lanes: usize,
  taps: usize,
): void {
  const channels = args.outChannels;
  const count: i32 = <i32> taps;
  let from = args.weight;
  for (let channel = 0; channel < channels; channel += 4) {
    toLanes(from, 4, 1, count * 5, lanes, 1, count * 5, 0, 0);
    scaleLanes(
      lanes,
      count * 5,
      v128.load(args.factor + (<usize> channel << 2)),
    );
    transformKernel(lanes, 16, 80, to, taps << 4, 16, count);
    from += taps * 80;
    to += taps << 7;
  }
}

/** Multiplies so many vectors. */
function scaleLanes(at: usize, count: i32, factor: v128): void {
  for (let i = 0; i < count; i++) {
    v128.store(at, f32x4.mul(v128.load(at), factor));
    at += 16;
  }
}

/** Two rows of four channels of four tiles, for each of the eight frequencies. */
function multiplyRows(
  rows: usize,
  weights: usize,
  frequencyBytes: usize,
  to: usize,
): void {
  const end = weights + 8 * frequencyBytes;
  const step: usize = across << 2;
  while (weights < end) {
    let l0 = f32x4.splat(0), l1 = l0, l2 = l0, l3 = l0;
    let r0 = l0, r1 = l0, r2 = l0, r3 = l0;
    const last = weights + frequencyBytes;
    let channel = rows;
    while (weights < last) {
      let upper = v128.load(channel);
      let row = channel + halfBytes, after = channel + step;
      for (let tap = 0; tap < 5; tap++) {
        const lower = v128.load(row);
        const w = v128.load(weights);
        let one = v128.shuffle<f32>(w, w, 0, 0, 0, 0);
        l0 = fma(one, upper, l0);
        r0 = fma(one, lower, r0);
        one = v128.shuffle<f32>(w, w, 1, 1, 1, 1);
        l1 = fma(one, upper, l1);
        r1 = fma(one, lower, r1);
        one = v128.shuffle<f32>(w, w, 2, 2, 2, 2);
        l2 = fma(one, upper, l2);
        r2 = fma(one, lower, r2);
        one = v128.shuffle<f32>(w, w, 3, 3, 3, 3);
        l3 = fma(one, upper, l3);
        r3 = fma(one, lower, r3);
        upper = lower;
        const next = row + step;
        row = after;
        after = next;
        weights += 16;
      }
      channel += channelBytes;
    }
    v128.store(to, l0);
    v128.store(to, r0, 128);
    v128.store(to, l1, 256);
    v128.store(to, r1, 384);
    v128.store(to, l2, 512);
    v128.store(to, r2, 640);
    v128.store(to, l3, 768);
    v128.store(to, r3, 896);
    to += 16;
    rows += 2 * halfBytes;
  }
}
