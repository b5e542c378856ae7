// @ts-nocheck: AssemblyScript, compiled by `deno task kernels`.

// A block in evaluation, its 5×5 convolution by Winograd's F(4×4, 5×5): see
// `conv2d/winograd/simd/`. Four tiles beside each other are the lanes of a vector,
// from the image to the output, so that nothing is transposed in between. Channels
// are multiples of 8. A part is an unbroken range of the images, one at a time:
//
//   an output tile                    [4, 8, 4]
//   a channel with its padding        [inHeight, 16 · fours + 8]
//   a four's elements                    [inHeight, 8, 4]
//   rows, transformed                 R  [fours, 4ty + 4, 8, 4]
//   input tiles, transformed          V  [64, inChannels, tiles]
//   output tiles                      M  [64, outChannels, tiles]
//
// for ty rows of fours of tiles; `tiles` is a multiple of 8.

import { GAP } from "../../conv2d/winograd/simd/winograd.ts";
import {
  transformInput,
  transformOutput,
} from "../../conv2d/winograd/simd/_transforms.ts";
import { partStart } from "../../lib/simd/parts.ts";
import { FusedBlockArgs } from "./_arguments.ts";
import { putWindows } from "./_pooled.ts";
import {
  multiplyColumns,
  transformShortInput,
  transformShortOutput,
} from "./_short_tiles.ts";
import { padPlane, ROW, rowBytes, spreadRows } from "./_rows.ts";

/** Bytes of an output tile between two transforms. */
const TEMPORARY: usize = 512;

@unmanaged
export class ConvBlockWinogradArgs extends FusedBlockArgs {
  /** Transformed, the normalisation's factor with them, `[64, inChannels, outChannels]`. */
  weights: usize;
}

// What a call is about; every thread has its own.
/** Rows of tiles, those of four rows of pixels, and fours of tiles in a row. */
let down = 0, whole = 0, fours = 0;
/** Bytes of a channel's tiles, and of a four in R. */
let tileBytes: usize = 0, fourBytes: usize = 0;
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
  whole = down - (((args.outHeight - 1) & 3) < 2 ? 1 : 0);
  fours = (args.outWidth + 15) >> 4;
  tileBytes = <usize> ((down * fours + 1) >> 1) << 5;
  fourBytes = <usize> (down * 4 + 4) * ROW;
  vStep = tileBytes * <usize> inChannels + GAP;
  mStep = tileBytes * <usize> outChannels + GAP;
  const weightStep = (<usize> (inChannels * outChannels) << 2) + GAP;
  const weights = args.weights;
  const temporary = args.memory + args.memoryStride * part;
  const padded = temporary + TEMPORARY;
  const elements = padded + <usize> args.inHeight * rowBytes(fours);
  const rows = elements + <usize> args.inHeight * ROW;
  const v = rows + <usize> fours * fourBytes;
  const m = v + 64 * vStep;
  // The padding, and the tiles that there is room for but that are not there.
  memory.fill(padded, 0, ((down * fours & 1) == 0 ? v : m) - padded);
  const plane = <usize> (args.inHeight * args.inWidth) << 2;
  const height = args.outHeight >> 1, width = args.outWidth >> 1;
  const outPlane = <usize> (height * width) << 2;
  for (; image < end; image++) {
    let from = args.x + <usize> (image * inChannels) * plane;
    for (let channel: usize = 0; channel < <usize> inChannels; channel++) {
      const tiles = v + channel * tileBytes;
      inputTiles(from, padded, elements, rows, tiles, args);
      from += plane;
    }
    for (let frequency: usize = 0; frequency < 64; frequency++) {
      // Of the points ±½ down the columns, which short tiles have not.
      const isShort = frequency >= 40 && frequency < 56;
      multiplyColumns(
        weights + frequency * weightStep,
        v + frequency * vStep,
        m + frequency * mStep,
        outChannels,
        inChannels,
        isShort ? whole * fours * 4 : <i32> (tileBytes >> 2),
        tileBytes,
      );
    }
    let to = args.output + <usize> (image * outChannels) * outPlane;
    for (let channel: usize = 0; channel < <usize> outChannels; channel++) {
      const constant = args.constant + (channel << 2);
      const tiles = m + channel * tileBytes;
      outputTiles(tiles, to, temporary, constant, height, width);
      to += outPlane;
    }
  }
}

/** `Bᵀ d B` of all tiles of a channel. */
function inputTiles(
  image: usize,
  padded: usize,
  elements: usize,
  rows: usize,
  v: usize,
  args: ConvBlockWinogradArgs,
): void {
  const height = args.inHeight, width = args.inWidth;
  const first = <usize> args.paddingHeight * ROW;
  padPlane(image, height, width, padded, args.paddingWidth, fours);
  for (let four: usize = 0; four < <usize> fours; four++) {
    spreadRows(padded + (four << 6), height, fours, elements);
    let row = rows + four * fourBytes;
    transformInput(elements, 16, ROW, row + first, 16, ROW, height);
    let tile = v + (four << 4);
    for (let i = 0; i < whole; i++) {
      transformInput(row, ROW, 16, tile, 8 * vStep, vStep, 8);
      row += 4 * ROW;
      tile += <usize> fours << 4;
    }
    if (whole == down) continue;
    transformShortInput(row, ROW, 16, tile, 8 * vStep, vStep);
  }
}

/** `Aᵀ m A` of all tiles of a channel, rectified and pooled. */
function outputTiles(
  m: usize,
  output: usize,
  temporary: usize,
  constant: usize,
  height: i32,
  width: i32,
): void {
  const row: usize = width << 2;
  for (let i = 0; i < height; i += 2) {
    for (let four = 0; four < fours; four++) {
      if (i >> 1 < whole) {
        transformOutput(m, 8 * mStep, mStep, temporary, ROW, 16, 8);
      } else transformShortOutput(m, 8 * mStep, mStep, temporary, ROW, 16);
      m += 16;
      const to = output + <usize> i * row + (<usize> four << 5);
      const count = width - four * 8;
      putWindows(temporary, min(2, height - i), constant, 0, to, row, count);
    }
  }
}
