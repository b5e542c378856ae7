// @ts-nocheck: AssemblyScript, compiled by `deno task kernels`.

// A block in evaluation, its 5×5 convolution by Winograd's F(4×4, 5×5): see
// `conv2d/winograd/simd/`. Four tiles beside each other are the lanes of a vector,
// from the image to the output, so that nothing is transposed in between. Channels
// are multiples of 8. A part is an unbroken range of the images, one at a time:
//
//   an output tile                    [4, 8, 4] and [4, 4, 4]
//   a channel with its padding        [inHeight, 16 · fours + 8]
//   its tiles' columns                E  [fours, 4ty + 4, 8, 4]
//   the same, rows transformed        R  [fours, 4ty + 4, 8, 4]
//   input tiles, transformed          V  [64, inChannels, tiles]
//   output tiles                      M  [64, outChannels, tiles]
//
// for ty rows of fours of tiles; `tiles` is a multiple of 8.

import { GAP } from "../../conv2d/winograd/simd/winograd.ts";
import { multiply } from "../../conv2d/winograd/simd/_products.ts";
import {
  transformInput,
  transformOutput,
} from "../../conv2d/winograd/simd/_transforms.ts";
import { partStart } from "../../lib/simd/parts.ts";
import { storeUpTo4 } from "../../lib/simd/up_to_4.ts";
import { largest, normalised } from "./_pooled.ts";

/** Bytes of a row of tiles' elements, or frequencies, of one four. */
const ROW: usize = 128;

/** Bytes of an output tile between two transforms and of it after them. */
const TEMPORARY: usize = 768;

@unmanaged
export class ConvBlockWinogradArgs {
  x: usize;
  /** Transformed, `[64, inChannels, outChannels]`. */
  weights: usize;
  /** `[outChannels]`, or 0 for none. */
  bias: usize;
  mean: usize;
  invStd: usize;
  scale: usize;
  shift: usize;
  output: usize;
  /** Memory of part 0, and bytes from one part's memory to the next one's. */
  memory: usize;
  memoryStride: usize;
  batch: i32;
  inChannels: i32;
  outChannels: i32;
  inHeight: i32;
  inWidth: i32;
  outHeight: i32;
  outWidth: i32;
  paddingHeight: i32;
  paddingWidth: i32;
}

// What a call is about; every thread has its own.
/** Rows of tiles, and fours of tiles in a row. */
let down = 0, fours = 0;
/** Bytes of a channel's tiles, of a padded row, and of a four in E and R. */
let tileBytes: usize = 0, rowBytes: usize = 0, fourBytes: usize = 0;
/** Bytes from the tiles of one frequency to those of the next. */
let vStep: usize = 0, mStep: usize = 0;

/**
 * `output = max over the window of max(normalised, 0)`, NaN above all: see
 * `convBlockEvalForward`.
 */
export function convBlockWinograd(
  args: ConvBlockWinogradArgs,
  part: i32,
  parts: i32,
): void {
  const end = partStart(args.batch, part + 1, parts);
  let image = partStart(args.batch, part, parts);
  if (image == end) return;
  const inChannels = args.inChannels, outChannels = args.outChannels;
  down = (args.outHeight + 3) >> 2;
  fours = (args.outWidth + 15) >> 4;
  tileBytes = <usize> ((down * fours + 1) >> 1) << 5;
  rowBytes = <usize> (fours * 16 + 8) << 2;
  fourBytes = <usize> (down * 4 + 4) * ROW;
  vStep = tileBytes * <usize> inChannels + GAP;
  mStep = tileBytes * <usize> outChannels + GAP;
  const weightStep = (<usize> (inChannels * outChannels) << 2) + GAP;
  const weights = args.weights;
  const temporary = args.memory + args.memoryStride * part;
  const padded = temporary + TEMPORARY;
  const elements = padded + <usize> args.inHeight * rowBytes;
  const rows = elements + <usize> fours * fourBytes;
  const v = rows + <usize> fours * fourBytes;
  const m = v + 64 * vStep;
  // The padding, and the tiles that there is room for but that are not there.
  memory.fill(padded, 0, ((down * fours & 1) == 0 ? v : m) - padded);
  const plane = <usize> (args.inHeight * args.inWidth) << 2;
  const outPlane = <usize> ((args.outHeight >> 1) * (args.outWidth >> 1)) << 2;
  for (; image < end; image++) {
    let from = args.x + <usize> (image * inChannels) * plane;
    for (let channel: usize = 0; channel < <usize> inChannels; channel++) {
      padPlane(from, padded, args);
      inputTiles(padded, elements, rows, v + channel * tileBytes, args);
      from += plane;
    }
    for (let frequency: usize = 0; frequency < 64; frequency++) {
      multiply(
        weights + frequency * weightStep,
        v + frequency * vStep,
        m + frequency * mStep,
        outChannels,
        inChannels,
        <i32> (tileBytes >> 2),
        false,
      );
    }
    let to = args.output + <usize> (image * outChannels) * outPlane;
    for (let channel: usize = 0; channel < <usize> outChannels; channel++) {
      outputTiles(m + channel * tileBytes, to, temporary, channel << 2, args);
      to += outPlane;
    }
  }
}

/** Copies a channel; what lies beside it stays 0. */
function padPlane(
  from: usize,
  padded: usize,
  args: ConvBlockWinogradArgs,
): void {
  const width: usize = args.inWidth << 2;
  const height = args.inHeight;
  const whole = width & ~15;
  let to = padded + (<usize> args.paddingWidth << 2);
  for (let y = 0; y < height; y++) {
    for (let at: usize = 0; at < whole; at += 16) {
      v128.store(to + at, v128.load(from + at));
    }
    for (let at = whole; at < width; at += 4) {
      store<f32>(to + at, load<f32>(from + at));
    }
    from += width;
    to += rowBytes;
  }
}

/** `Bᵀ d B` of all tiles of a channel; rows of zeros are left out. */
function inputTiles(
  padded: usize,
  elements: usize,
  rows: usize,
  v: usize,
  args: ConvBlockWinogradArgs,
): void {
  const height = args.inHeight;
  const first = <usize> args.paddingHeight * ROW;
  for (let four: usize = 0; four < <usize> fours; four++) {
    const own = elements + four * fourBytes + first;
    let from = padded + (four << 6), to = own;
    for (let y = 0; y < height; y++) {
      const a = v128.load(from), b = v128.load(from, 16);
      const c = v128.load(from, 32), d = v128.load(from, 48);
      const e = v128.load(from, 64);
      const ab = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
      const cd = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
      const AB = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
      const CD = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
      const e0 = v128.shuffle<f32>(ab, cd, 0, 1, 4, 5);
      const e1 = v128.shuffle<f32>(ab, cd, 2, 3, 6, 7);
      const e2 = v128.shuffle<f32>(AB, CD, 0, 1, 4, 5);
      const e3 = v128.shuffle<f32>(AB, CD, 2, 3, 6, 7);
      v128.store(to, e0);
      v128.store(to, e1, 16);
      v128.store(to, e2, 32);
      v128.store(to, e3, 48);
      // The same of the tiles to the right.
      v128.store(to, v128.shuffle<f32>(e0, e, 1, 2, 3, 4), 64);
      v128.store(to, v128.shuffle<f32>(e1, e, 1, 2, 3, 5), 80);
      v128.store(to, v128.shuffle<f32>(e2, e, 1, 2, 3, 6), 96);
      v128.store(to, v128.shuffle<f32>(e3, e, 1, 2, 3, 7), 112);
      from += rowBytes;
      to += ROW;
    }
    let row = rows + four * fourBytes;
    transformInput(own, 16, ROW, row + first, 16, ROW, height);
    let tile = v + (four << 4);
    for (let i = 0; i < down; i++) {
      transformInput(row, ROW, 16, tile, 8 * vStep, vStep, 8);
      row += 4 * ROW;
      tile += <usize> fours << 4;
    }
  }
}

/** `Aᵀ m A` of all tiles of a channel, normalised, rectified and pooled. */
function outputTiles(
  m: usize,
  output: usize,
  temporary: usize,
  channel: usize,
  args: ConvBlockWinogradArgs,
): void {
  const height = args.outHeight >> 1, width = args.outWidth >> 1;
  const row: usize = width << 2;
  const bias = args.bias == 0 ? f32(0) : load<f32>(args.bias + channel);
  const center = f32x4.splat(load<f32>(args.mean + channel) - bias);
  const factor = f32x4.splat(
    load<f32>(args.invStd + channel) * load<f32>(args.scale + channel),
  );
  const constant = f32x4.splat(load<f32>(args.shift + channel));
  const tile = temporary + 512;
  for (let i = 0; i < down; i++) {
    if (i * 2 >= height) return;
    for (let four = 0; four < fours; four++) {
      transformOutput(m, 8 * mStep, mStep, temporary, ROW, 16, 8);
      transformOutput(temporary, 16, ROW, tile, 16, 64, 4);
      m += 16;
      const count = width - four * 8;
      const to = output + <usize> (i * 2) * row + (<usize> four << 5);
      putRow(tile, center, factor, constant, to, count);
      if (i * 2 + 1 == height) continue;
      putRow(tile + 128, center, factor, constant, to + row, count);
    }
  }
}

/** A row of windows of four tiles: the first so many of eight. */
function putRow(
  tile: usize,
  center: v128,
  factor: v128,
  constant: v128,
  to: usize,
  count: i32,
): void {
  const left = windows(tile, center, factor, constant);
  const right = windows(tile + 32, center, factor, constant);
  const first = v128.shuffle<f32>(left, right, 0, 4, 1, 5);
  storeUpTo4(to, first, min(4, count));
  if (count <= 4) return;
  const last = v128.shuffle<f32>(left, right, 2, 6, 3, 7);
  storeUpTo4(to + 16, last, min(4, count - 4));
}

/** A window of each of four tiles. */
function windows(
  tile: usize,
  center: v128,
  factor: v128,
  constant: v128,
): v128 {
  return largest(
    normalised(v128.load(tile), center, factor, constant),
    normalised(v128.load(tile, 16), center, factor, constant),
    normalised(v128.load(tile, 64), center, factor, constant),
    normalised(v128.load(tile, 80), center, factor, constant),
  );
}
