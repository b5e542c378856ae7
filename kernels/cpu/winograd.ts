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
import { partStart } from "./_simd.ts";
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

/** Bytes from the tiles of one place to those of the next. */
function placeStep(tiles: i32, channels: i32): usize {
  return (<usize> (((tiles + 3) & ~3) * channels) << 2) + 64;
}

/**
 * The convolution. Arguments: x, transformed weights `[64, inChannels,
 * outChannels]`, bias or 0, output, scratch memory and bytes of it for a thread,
 * batch, inChannels, outChannels, inHeight, inWidth, outHeight, outWidth,
 * paddingHeight, paddingWidth.
 */
export function winogradForward(args: usize, thread: i32, threads: i32): void {
  const x: usize = load<u32>(args), weights: usize = load<u32>(args, 4);
  const bias: usize = load<u32>(args, 8), output: usize = load<u32>(args, 12);
  const stride: usize = load<u32>(args, 20);
  const scratch: usize = load<u32>(args, 16) + stride * thread;
  const batch = load<i32>(args, 24), inChannels = load<i32>(args, 28);
  const outChannels = load<i32>(args, 32);
  const inHeight = load<i32>(args, 36), inWidth = load<i32>(args, 40);
  const outHeight = load<i32>(args, 44), outWidth = load<i32>(args, 48);
  const down = (outHeight + 3) >> 2, across = (outWidth + 3) >> 2;
  const tiles = down * across;
  const vStep = placeStep(tiles, inChannels);
  const mStep = placeStep(tiles, outChannels);
  const padded = scratch + TEMPORARY;
  const v = padded +
    (<usize> (inChannels * (down + 1) * (across + 1)) << 6);
  const m = v + PLACES * vStep;
  const y = m + PLACES * mStep;
  const turned = y + (<usize> (outChannels * tiles) << 6);
  const end = partStart(batch, thread + 1, threads);
  let image = partStart(batch, thread, threads);
  if (image == end) return;
  memory.fill(padded, 0, m - padded);
  const xBytes: usize = (inChannels * inHeight * inWidth) << 2;
  const yBytes: usize = (outChannels * outHeight * outWidth) << 2;
  for (; image < end; image++) {
    toLanes(
      x + <usize> image * xBytes,
      inChannels,
      inHeight,
      inWidth,
      padded,
      down * 4 + 4,
      across * 4 + 4,
      load<i32>(args, 52),
      load<i32>(args, 56),
    );
    inputTiles(padded, v, vStep, inChannels, down, across, scratch);
    multiplyPlaces(
      v,
      vStep,
      weights,
      <usize> (inChannels * outChannels) << 2,
      m,
      mStep,
      (tiles + 3) & ~3,
      inChannels,
      outChannels,
      turned,
    );
    outputTiles(m, mStep, y, outChannels, down, across, scratch);
    fromLanes(
      y,
      down * 4,
      across * 4,
      0,
      0,
      bias,
      output + <usize> image * yBytes,
      outChannels,
      outHeight,
      outWidth,
    );
  }
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
  const gradOutput: usize = load<u32>(args), x: usize = load<u32>(args, 4);
  const weights: usize = load<u32>(args, 8), gradX: usize = load<u32>(args, 12);
  const stride: usize = load<u32>(args, 20);
  const scratch: usize = load<u32>(args, 16) + stride * thread;
  const batch = load<i32>(args, 24), inChannels = load<i32>(args, 28);
  const outChannels = load<i32>(args, 32);
  const inHeight = load<i32>(args, 36), inWidth = load<i32>(args, 40);
  const outHeight = load<i32>(args, 44), outWidth = load<i32>(args, 48);
  const top = load<i32>(args, 52), left = load<i32>(args, 56);
  const ofWeights = load<i32>(args, 60) != 0;
  const down = (outHeight + 3) >> 2, across = (outWidth + 3) >> 2;
  const tiles = down * across, rows = (tiles + 3) & ~3;
  const vStep = placeStep(tiles, inChannels);
  const mStep = placeStep(tiles, outChannels);
  const weightStep: usize = (inChannels * outChannels) << 2;
  const sums = scratch + TEMPORARY;
  const padded = sums + PLACES * weightStep;
  const paddedBytes: usize = (inChannels * (down + 1) * (across + 1)) << 6;
  const v = padded + paddedBytes;
  const m = v + PLACES * vStep;
  const y = m + PLACES * mStep;
  const turned = y + (<usize> (outChannels * tiles) << 6);
  memory.fill(sums, 0, scratch + stride - sums);
  const xBytes: usize = (inChannels * inHeight * inWidth) << 2;
  const yBytes: usize = (outChannels * outHeight * outWidth) << 2;
  const end = partStart(batch, thread + 1, threads);
  let image = partStart(batch, thread, threads);
  for (; image < end; image++) {
    const from = gradOutput + <usize> image * yBytes;
    toLanes(
      from,
      outChannels,
      outHeight,
      outWidth,
      y,
      down * 4,
      across * 4,
      0,
      0,
    );
    gradientTiles(y, m, mStep, outChannels, down, across, scratch);
    if (ofWeights) {
      memory.fill(padded, 0, paddedBytes);
      toLanes(
        x + <usize> image * xBytes,
        inChannels,
        inHeight,
        inWidth,
        padded,
        down * 4 + 4,
        across * 4 + 4,
        top,
        left,
      );
      inputTiles(padded, v, vStep, inChannels, down, across, scratch);
      accumulatePlaces(
        v,
        vStep,
        m,
        mStep,
        sums,
        weightStep,
        inChannels,
        tiles,
        outChannels,
      );
    }
    if (gradX == 0) continue;
    multiplyPlaces(
      m,
      mStep,
      weights,
      weightStep,
      v,
      vStep,
      rows,
      outChannels,
      inChannels,
      turned,
    );
    memory.fill(padded, 0, paddedBytes);
    inputGradientTiles(v, vStep, padded, inChannels, down, across, scratch);
    fromLanes(
      padded,
      down * 4 + 4,
      across * 4 + 4,
      top,
      left,
      0,
      gradX + <usize> image * xBytes,
      inChannels,
      inHeight,
      inWidth,
    );
  }
}
