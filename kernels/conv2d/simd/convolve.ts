// @ts-nocheck: AssemblyScript, compiled by `deno task kernels`.

// 2-D convolution of any shape.
//
// A tile is 4 channels by 8 pixels, two groups of 4 neighbours in a row: its
// sums stay in registers. Each sum starts with the bias and runs over input
// channel, kernel row, kernel column. Where the last group of a row reaches over
// its end, it starts earlier and computes some pixels twice, the same twice.

import { fma } from "../../lib/simd/fma.ts";
import { partStart } from "../../lib/simd/parts.ts";
import {
  ImageLayout,
  padImage,
  rowBytes,
  sourceBytes,
  tapTable,
} from "./_layout.ts";
import { anyToLanes } from "./lanes.ts";

@unmanaged
export class Conv2dPackArgs {
  weight: usize;
  packed: usize;
  /** Groups of the convolution; the channels are those of one. */
  groups: i32;
  outChannels: i32;
  /** Weights of a channel. */
  taps: i32;
}

/**
 * Weights `[outChannels, taps]` of each group as `[fours, taps, 4]`, zeros for the
 * channels that the last four lack.
 */
export function conv2dPack(
  args: Conv2dPackArgs,
  part: i32,
  parts: i32,
): void {
  const packed = args.packed;
  const channels = args.outChannels, taps = args.taps;
  const fours = (channels + 3) >> 2;
  const count = args.groups * fours;
  const end = partStart(count, part + 1, parts);
  for (let item = partStart(count, part, parts); item < end; item++) {
    const first = item % fours * 4;
    const from = args.weight +
      (<usize> ((item / fours * channels + first) * taps) << 2);
    const to = packed + (<usize> (item * taps) << 4);
    anyToLanes(from, min(4, channels - first), 1, taps, to, 1, taps, 0, 0);
  }
}

@unmanaged
export class Conv2dDirectArgs extends ImageLayout {
  source: usize;
  /** The weights, packed. */
  packed: usize;
  /** `[outChannels]`, or 0 for none. */
  bias: usize;
  output: usize;
  /** Memory of part 0: table of taps, padded image. */
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
  /** Padded rows between rows of the output. */
  strideHeight: i32;
  dilationHeight: i32;
  dilationWidth: i32;
}

/** The convolution. A part is an unbroken range of the images. */
export function conv2dDirect(
  args: Conv2dDirectArgs,
  part: i32,
  parts: i32,
): void {
  const source = args.source, output = args.output;
  const stride = args.memoryStride;
  const table = args.memory + stride * part;
  const batch = args.batch;
  const kernelHeight = args.kernelHeight, kernelWidth = args.kernelWidth;
  const taps = args.channels * kernelHeight * kernelWidth;
  const padded = table + ((<usize> taps * 4 + 63) & ~63);
  const end = partStart(batch, part + 1, parts);
  let image = partStart(batch, part, parts);
  if (image == end) return;
  tapTable(
    table,
    args,
    kernelHeight,
    kernelWidth,
    args.dilationHeight,
    args.dilationWidth,
    0,
  );
  memory.fill(padded, 0, table + stride - padded);
  const from = sourceBytes(args);
  const channels = args.outChannels, groups = args.groups;
  const height = args.outHeight, width = args.outWidth;
  const to: usize = (channels * height * width) << 2;
  const weights: usize = (((channels + 3) >> 2) * taps) << 4;
  // Bytes from a tap to the next one, where these are all alike: a 1×1 kernel.
  const tapStep = kernelHeight == 1 && kernelWidth == 1
    ? rowBytes(args) * args.rows
    : 0;
  for (; image < end; image++) {
    const group: usize = image % groups;
    padImage(source + <usize> image * from, padded, args);
    convolveImage(
      padded,
      rowBytes(args) * args.strideHeight,
      table,
      taps,
      tapStep,
      args.packed + group * weights,
      <usize> taps << 4,
      args.bias == 0 ? 0 : args.bias + group * (<usize> channels << 2),
      output + <usize> image * to,
      channels,
      height,
      width,
      height * width,
      width,
      1,
    );
  }
}

/**
 * All channels of an image.
 *
 * @param rowLength Bytes between rows of the padded image that neighbouring rows of
 * the output meet.
 * @param table What each tap adds to a place.
 * @param tapStep Bytes that the table adds from each tap to the next, or 0.
 * @param weights `[fours, taps, 4]`.
 * @param four Bytes from the weights of four channels to those of the next four.
 * @param bias Of the channels, or 0 for none.
 * @param plane Floats of the output from channel to channel; so rowStep, columnStep.
 */
export function convolveImage(
  padded: usize,
  rowLength: usize,
  table: usize,
  taps: i32,
  tapStep: usize,
  weights: usize,
  four: usize,
  bias: usize,
  output: usize,
  channels: i32,
  height: i32,
  width: i32,
  plane: i32,
  rowStep: i32,
  columnStep: i32,
): void {
  const inRow = (width + 3) >> 2;
  const groups = height * inRow;
  for (let channel = 0; channel < channels; channel += 4) {
    const count = min(4, channels - channel);
    const to = output + (<usize> (channel * plane) << 2);
    let b0 = f32x4.splat(0), b1 = b0, b2 = b0, b3 = b0;
    if (bias != 0) {
      const own = bias + (<usize> channel << 2);
      b0 = v128.load32_splat(own);
      if (count > 1) b1 = v128.load32_splat(own, 4);
      if (count > 2) b2 = v128.load32_splat(own, 8);
      if (count > 3) b3 = v128.load32_splat(own, 12);
    }
    for (let group = 0; group < groups; group += 2) {
      const next = min(group + 1, groups - 1);
      const y0 = group / inRow, y1 = next / inRow;
      const x0 = max(0, min((group - y0 * inRow) * 4, width - 4));
      const x1 = max(0, min((next - y1 * inRow) * 4, width - 4));
      tile(
        padded + <usize> y0 * rowLength + (<usize> x0 << 2),
        padded + <usize> y1 * rowLength + (<usize> x1 << 2),
        weights,
        table,
        table + (<usize> taps << 2),
        tapStep,
        b0,
        b1,
        b2,
        b3,
        to + (<usize> (y0 * rowStep + x0 * columnStep) << 2),
        to + (<usize> (y1 * rowStep + x1 * columnStep) << 2),
        <usize> plane << 2,
        <usize> columnStep << 2,
        count,
        min(4, width),
      );
    }
    weights += four;
  }
}

/** Four channels of two groups of four pixels. */
function tile(
  left: usize,
  right: usize,
  weight: usize,
  table: usize,
  end: usize,
  tapStep: usize,
  b0: v128,
  b1: v128,
  b2: v128,
  b3: v128,
  leftOutput: usize,
  rightOutput: usize,
  plane: usize,
  step: usize,
  channels: i32,
  lanes: i32,
): void {
  let l0 = b0, l1 = b1, l2 = b2, l3 = b3;
  let r0 = b0, r1 = b1, r2 = b2, r3 = b3;
  if (tapStep != 0) {
    // The same without the table, whose load is one of four.
    const first: usize = load<u32>(table);
    left += first;
    right += first;
    for (; table < end; table += 4) {
      const x = v128.load(left), y = v128.load(right);
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
      left += tapStep;
      right += tapStep;
      weight += 16;
    }
  }
  for (; table < end; table += 4) {
    const offset: usize = load<u32>(table);
    const x = v128.load(left + offset), y = v128.load(right + offset);
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
    weight += 16;
  }
  put(leftOutput, l0, step, lanes);
  put(rightOutput, r0, step, lanes);
  if (channels < 2) return;
  put(leftOutput + plane, l1, step, lanes);
  put(rightOutput + plane, r1, step, lanes);
  if (channels < 3) return;
  put(leftOutput + 2 * plane, l2, step, lanes);
  put(rightOutput + 2 * plane, r2, step, lanes);
  if (channels < 4) return;
  put(leftOutput + 3 * plane, l3, step, lanes);
  put(rightOutput + 3 * plane, r3, step, lanes);
}

/** Stores the first lanes, so many bytes apart. */
function put(to: usize, value: v128, step: usize, lanes: i32): void {
  if (lanes == 4 && step == 4) {
    v128.store(to, value);
    return;
  }
  store<f32>(to, f32x4.extract_lane(value, 0));
  if (lanes > 1) store<f32>(to + step, f32x4.extract_lane(value, 1));
  if (lanes > 2) store<f32>(to + 2 * step, f32x4.extract_lane(value, 2));
  if (lanes > 3) store<f32>(to + 3 * step, f32x4.extract_lane(value, 3));
}
