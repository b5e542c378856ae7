// @ts-nocheck: AssemblyScript, compiled by `deno task kernels`.

// 5×5 convolutions of stride 1 by Winograd's F(4×4, 5×5), and both gradients:
// 64 multiplications where 400 are. Channels are multiples of 8. A thread takes
// an unbroken part of the images, one at a time:
//
//   padded input, channels in lanes   P  [inChannels / 4, 4ty + 4, 4tx + 4, 4]
//   its tiles, transformed            V  [64 places, tiles, inChannels]
//   output tiles or their gradient    M  [64 places, tiles, outChannels]
//   the output or its gradient        Y  [outChannels / 4, 4ty, 4tx, 4]
//
// for ty · tx tiles, in memory for a multiple of 4 of them. A place's tiles are
// 64 bytes further apart than they are long, so that the places of a tile do
// not fight for the same lines of the cache.

import { fromLanes, toLanes } from "./_lanes.ts";
import { partStart } from "../lib/simd/parts.ts";
import {
  accumulatePlaces,
  multiplyPlaces,
  PLACES,
} from "./_winograd_products.ts";
import {
  gradientTiles,
  inputGradientTiles,
  inputTiles,
  outputTiles,
} from "./_winograd_tiles.ts";

/** Bytes at the start of a thread's memory for a tile between two passes. */
export const TEMPORARY: usize = 2048;

/** Bytes between the tiles of one place and those of the next. */
const GAP: usize = 64;

// What a call is about; every thread has its own.
let batch = 0, inChannels = 0, outChannels = 0;
let inHeight = 0, inWidth = 0, outHeight = 0, outWidth = 0, top = 0, left = 0;
/** Tiles of an image. */
let down = 0, across = 0;
/** Bytes from the tiles of one place to those of the next. */
let vStep: usize = 0, mStep: usize = 0, weightStep: usize = 0;
/** Bytes of P, and of an image as its source has it. */
let paddedBytes: usize = 0, xBytes: usize = 0, yBytes: usize = 0;

/** Reads the sizes, which both kernels have at the same place. */
function readSizes(args: usize): void {
  batch = load<i32>(args, 24);
  inChannels = load<i32>(args, 28);
  outChannels = load<i32>(args, 32);
  inHeight = load<i32>(args, 36);
  inWidth = load<i32>(args, 40);
  outHeight = load<i32>(args, 44);
  outWidth = load<i32>(args, 48);
  top = load<i32>(args, 52);
  left = load<i32>(args, 56);
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

/**
 * The convolution. Arguments: x, transformed weights `[64, inChannels,
 * outChannels]`, bias or 0, output, scratch memory and bytes of it for a thread,
 * batch, inChannels, outChannels, inHeight, inWidth, outHeight, outWidth,
 * paddingHeight, paddingWidth.
 */
export function winogradForward(args: usize, thread: i32, threads: i32): void {
  readSizes(args);
  const x: usize = load<u32>(args), weights: usize = load<u32>(args, 4);
  const bias: usize = load<u32>(args, 8), output: usize = load<u32>(args, 12);
  const stride: usize = load<u32>(args, 20);
  const scratch: usize = load<u32>(args, 16) + stride * thread;
  const padded = scratch + TEMPORARY;
  const v = padded + paddedBytes;
  const m = v + PLACES * vStep;
  const y = m + PLACES * mStep;
  const turned = y + (<usize> (outChannels * down * across) << 6);
  const end = partStart(batch, thread + 1, threads);
  let image = partStart(batch, thread, threads);
  // The padding, and the tiles that there is room for but that are not there.
  if (image < end) memory.fill(padded, 0, m - padded);
  for (; image < end; image++) {
    transformX(x + <usize> image * xBytes, padded, v, scratch);
    multiplyPlaces(
      v,
      vStep,
      weights,
      weightStep,
      m,
      mStep,
      roomForTiles(),
      inChannels,
      outChannels,
      turned,
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

/**
 * The gradients: by the input, and of each thread what its images give to that
 * by the weights, transformed, which `winogradWeightGradient` finishes.
 * Arguments: gradOutput, x, transformed weights `[64, outChannels, inChannels]`,
 * gradX or 0, then as {@link winogradForward} from the scratch memory on, and 1
 * if the weights' gradient is wanted. The sums `[64, inChannels, outChannels]`
 * come first in the scratch memory, after the temporary tile.
 */
export function winogradGradient(args: usize, thread: i32, threads: i32): void {
  readSizes(args);
  const gradOutput: usize = load<u32>(args), x: usize = load<u32>(args, 4);
  const weights: usize = load<u32>(args, 8), gradX: usize = load<u32>(args, 12);
  const stride: usize = load<u32>(args, 20);
  const scratch: usize = load<u32>(args, 16) + stride * thread;
  const ofWeights = load<i32>(args, 60) != 0;
  const sums = scratch + TEMPORARY;
  const padded = sums + PLACES * weightStep;
  const v = padded + paddedBytes;
  const m = v + PLACES * vStep;
  const y = m + PLACES * mStep;
  const turned = y + (<usize> (outChannels * down * across) << 6);
  const rows = down * 4, columns = across * 4;
  // Sums start at 0, and what lies around an image is 0 throughout.
  memory.fill(sums, 0, scratch + stride - sums);
  const end = partStart(batch, thread + 1, threads);
  let image = partStart(batch, thread, threads);
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
      inputGradient(m, weights, v, padded, to, turned, scratch);
    }
  }
}

/** What an image gives to the gradient by the weights. */
function addToSums(v: usize, m: usize, sums: usize): void {
  accumulatePlaces(
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

/** An image's gradient by the input. */
function inputGradient(
  m: usize,
  weights: usize,
  v: usize,
  padded: usize,
  gradX: usize,
  turned: usize,
  temporary: usize,
): void {
  multiplyPlaces(
    m,
    mStep,
    weights,
    weightStep,
    v,
    vStep,
    roomForTiles(),
    outChannels,
    inChannels,
    turned,
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
