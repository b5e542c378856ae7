// @ts-nocheck: AssemblyScript, compiled by `deno task kernels`.

// 5×5 convolutions of stride 1 by Winograd's F(4×4, 5×5), and both gradients:
// 64 multiplications where 400 are. Channels are multiples of 8. A part is an
// unbroken range of the images, one at a time:
//
//   padded input, channels in lanes   P  [inChannels / 4, 4ty + 4, 4tx + 4, 4]
//   its tiles, transformed            V  [64 frequencies, tiles, inChannels]
//   output tiles or their gradient    M  [64 frequencies, tiles, outChannels]
//   the output or its gradient        Y  [outChannels / 4, 4ty, 4tx, 4]
//
// for ty · tx tiles, in memory for a multiple of 4 of them. A frequency's tiles
// are 64 bytes further apart than they are long, so that the frequencies of a
// tile do not fight for the same lines of the cache.

import { fromLanes, toLanes } from "../../simd/lanes.ts";
import { partStart } from "../../../lib/simd/parts.ts";
import {
  accumulateFrequencies,
  FREQUENCIES,
  multiplyFrequencies,
} from "./_products.ts";
import {
  gradientTiles,
  inputGradientTiles,
  inputTiles,
  outputTiles,
} from "./_tiles.ts";

/** Bytes at the start of a part's memory for a tile between two transforms. */
export const TEMPORARY: usize = 2048;

/** Bytes between the tiles of one frequency and those of the next. */
const GAP: usize = 64;

// What a call is about; every thread has its own.
let batch = 0, inChannels = 0, outChannels = 0;
let inHeight = 0, inWidth = 0, outHeight = 0, outWidth = 0, top = 0, left = 0;
/** Tiles of an image. */
let down = 0, across = 0;
/** Bytes from the tiles of one frequency to those of the next. */
let vStep: usize = 0, mStep: usize = 0, weightStep: usize = 0;
/** Bytes of P, and of an image as its source has it. */
let paddedBytes: usize = 0, xBytes: usize = 0, yBytes: usize = 0;

/** Arguments that both functions have. */
@unmanaged
export class WinogradSizes {
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

function readSizes(args: WinogradSizes): void {
  batch = args.batch;
  inChannels = args.inChannels;
  outChannels = args.outChannels;
  inHeight = args.inHeight;
  inWidth = args.inWidth;
  outHeight = args.outHeight;
  outWidth = args.outWidth;
  top = args.paddingHeight;
  left = args.paddingWidth;
  down = (outHeight + 3) >> 2;
  across = (outWidth + 3) >> 2;
  vStep = (<usize> (roomForTiles() * inChannels) << 2) + GAP;
  mStep = (<usize> (roomForTiles() * outChannels) << 2) + GAP;
  weightStep = <usize> (inChannels * outChannels) << 2;
  paddedBytes = <usize> (inChannels * (down + 1) * (across + 1)) << 6;
  xBytes = <usize> (inChannels * inHeight * inWidth) << 2;
  yBytes = <usize> (outChannels * outHeight * outWidth) << 2;
}

function roomForTiles(): i32 {
  return (down * across + 3) & ~3;
}

@unmanaged
export class WinogradForwardArgs extends WinogradSizes {
  x: usize;
  /** Transformed, `[64, inChannels, outChannels]`. */
  weights: usize;
  /** `[outChannels]`, or 0 for none. */
  bias: usize;
  output: usize;
}

/** The convolution. */
export function winogradForward(
  args: WinogradForwardArgs,
  part: i32,
  parts: i32,
): void {
  readSizes(args);
  const x = args.x, weights = args.weights;
  const bias = args.bias, output = args.output;
  const scratch = args.memory + args.memoryStride * part;
  const padded = scratch + TEMPORARY;
  const v = padded + paddedBytes;
  const m = v + FREQUENCIES * vStep;
  const y = m + FREQUENCIES * mStep;
  const transposed = y + (<usize> (outChannels * down * across) << 6);
  const end = partStart(batch, part + 1, parts);
  let image = partStart(batch, part, parts);
  // The padding, and the tiles that there is room for but that are not there.
  if (image < end) memory.fill(padded, 0, m - padded);
  for (; image < end; image++) {
    transformX(x + <usize> image * xBytes, padded, v, scratch);
    multiplyFrequencies(
      v,
      vStep,
      weights,
      weightStep,
      m,
      mStep,
      roomForTiles(),
      inChannels,
      outChannels,
      transposed,
    );
    outputTiles(m, mStep, y, outChannels, down, across, scratch);
    const to = output + <usize> image * yBytes;
    const rows = down * 4, columns = across * 4;
    fromLanes(
      y,
      rows,
      columns,
      0,
      0,
      bias,
      to,
      outChannels,
      outHeight,
      outWidth,
    );
  }
}

/** V of an image. */
function transformX(
  image: usize,
  padded: usize,
  v: usize,
  temporary: usize,
): void {
  const rows = down * 4 + 4, columns = across * 4 + 4;
  toLanes(
    image,
    inChannels,
    inHeight,
    inWidth,
    padded,
    rows,
    columns,
    top,
    left,
  );
  inputTiles(padded, v, vStep, inChannels, down, across, temporary);
}

@unmanaged
export class WinogradGradientArgs extends WinogradSizes {
  gradOutput: usize;
  x: usize;
  /** Transformed, `[64, outChannels, inChannels]`. */
  weights: usize;
  /** 0 where this gradient is not wanted. */
  gradX: usize;
  /** Whether the gradient with respect to the weights is wanted. */
  ofWeights: i32;
}

/**
 * The gradient with respect to the input; and for each part the sum over its
 * images of that with respect to the weights, transformed, which
 * `winogradWeightGradient` finishes. The sums `[64, inChannels, outChannels]` come
 * first in a part's memory, after the temporary tile.
 */
export function winogradGradient(
  args: WinogradGradientArgs,
  part: i32,
  parts: i32,
): void {
  readSizes(args);
  const gradOutput = args.gradOutput, x = args.x;
  const weights = args.weights, gradX = args.gradX;
  const stride = args.memoryStride;
  const scratch = args.memory + stride * part;
  const ofWeights = args.ofWeights != 0;
  const sums = scratch + TEMPORARY;
  const padded = sums + FREQUENCIES * weightStep;
  const v = padded + paddedBytes;
  const m = v + FREQUENCIES * vStep;
  const y = m + FREQUENCIES * mStep;
  const transposed = y + (<usize> (outChannels * down * across) << 6);
  const rows = down * 4, columns = across * 4;
  // Sums start at 0, and what lies around an image is 0 throughout.
  memory.fill(sums, 0, scratch + stride - sums);
  const end = partStart(batch, part + 1, parts);
  let image = partStart(batch, part, parts);
  for (; image < end; image++) {
    const from = gradOutput + <usize> image * yBytes;
    toLanes(from, outChannels, outHeight, outWidth, y, rows, columns, 0, 0);
    gradientTiles(y, m, mStep, outChannels, down, across, scratch);
    if (ofWeights) {
      memory.fill(padded, 0, paddedBytes);
      transformX(x + <usize> image * xBytes, padded, v, scratch);
      addToSums(v, m, sums);
    }
    if (gradX != 0) {
      const to = gradX + <usize> image * xBytes;
      inputGradient(m, weights, v, padded, to, transposed, scratch);
    }
  }
}

/** Adds an image's gradient with respect to the weights, transformed. */
function addToSums(v: usize, m: usize, sums: usize): void {
  accumulateFrequencies(
    v,
    vStep,
    m,
    mStep,
    sums,
    weightStep,
    inChannels,
    down * across,
    outChannels,
  );
}

/** An image's gradient with respect to the input. */
function inputGradient(
  m: usize,
  weights: usize,
  v: usize,
  padded: usize,
  gradX: usize,
  transposed: usize,
  temporary: usize,
): void {
  multiplyFrequencies(
    m,
    mStep,
    weights,
    weightStep,
    v,
    vStep,
    roomForTiles(),
    outChannels,
    inChannels,
    transposed,
  );
  memory.fill(padded, 0, paddedBytes);
  inputGradientTiles(v, vStep, padded, inChannels, down, across, temporary);
  fromLanes(
    padded,
    down * 4 + 4,
    across * 4 + 4,
    top,
    left,
    0,
    gradX,
    inChannels,
    inHeight,
    inWidth,
  );
}
