// @ts-nocheck: AssemblyScript, compiled by `deno task kernels`.

// k×k convolutions of stride 1, k being 5 or 3, by Winograd's F(4×4, k×k), and both
// gradients: 64 multiplications where 400 are, or 36 where 144 are; and 3×3 ones of
// stride 2, with 81 where 144 are, see `_transforms_strided.ts`. Channels are
// multiples of 8. A part is an unbroken range of the images, some at a time:
//
//   padded input, channels in lanes   P  [inChannels / 4, 4ty + k - 1, 4tx + k - 1, 4]
//   input tiles, transformed          V  [frequencies, tiles, inChannels]
//   output tiles or their gradient    M  [frequencies, tiles, outChannels]
//   the output or its gradient        Y  [outChannels / 4, 4ty, 4tx, 4]
//   columns of a row of tiles            [k + 3, 4tx + k - 1, 4]
//
// and with stride 2 P [inChannels / 4, 8ty + 1, 8tx + 1, 4], columns [9, 8tx + 1, 4],
// for the ty · tx tiles of an image in P and Y, those of all the images in V and
// M, in memory for a multiple of 4 of them. What is of one frequency, weights too,
// is 64 bytes further apart than it is long, so that the frequencies of a tile do not
// fight for the same lines of the cache.

import { fromLanes, toLanes } from "../../simd/lanes.ts";
import { partStart } from "../../../lib/simd/parts.ts";
import { accumulateFrequencies, multiplyFrequencies } from "./_products.ts";
import {
  gradientTiles,
  inputGradientTiles,
  inputTiles,
  outputTiles,
} from "./_tiles.ts";

/** Bytes at the start of a part's memory for a tile between two transforms. */
export const TEMPORARY: usize = 2048;

/** Bytes between what is of one frequency and what is of the next. */
export const GAP: usize = 64;

// What a call is about; every thread has its own.
let batch = 0, inChannels = 0, outChannels = 0;
let inHeight = 0, inWidth = 0, outHeight = 0, outWidth = 0, top = 0, left = 0;
/** Rows of a transformed tile, elements, and those that have weights of their own. */
let side = 0, frequencies = 0, ownWeights = 0;
/** From a tile to its neighbour, in pixels of the input. */
let reach = 0;
/** Tiles of an image, images at a time, and those that are added to sums at a time. */
let down = 0, across = 0, together = 0, summed = 0;
/** Bytes from the tiles of one frequency to those of the next. */
let vStep: usize = 0, mStep: usize = 0, weightStep: usize = 0;
/** Bytes of P, and of an image as its source has it. */
let paddedBytes: usize = 0, xBytes: usize = 0, yBytes: usize = 0;
/** Bytes of an image's part of a frequency of V and of M. */
let vImage: usize = 0, mImage: usize = 0;

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
  /** Rows, and columns, of a kernel: 5 or 3. */
  kernelSide: i32;
  /** 1; or 2, for kernels of 3×3. */
  stride: i32;
  /** Images at a time. */
  together: i32;
  /** Those whose gradient with respect to the weights is added to the sums at a time. */
  summed: i32;
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
  const weightSide = args.kernelSide + 3;
  reach = args.stride * 4;
  side = args.stride == 2 ? 9 : weightSide;
  frequencies = side * side;
  ownWeights = weightSide * weightSide;
  together = args.together;
  summed = args.summed;
  down = (outHeight + 3) >> 2;
  across = (outWidth + 3) >> 2;
  vStep = (<usize> (roomForTiles(together) * inChannels) << 2) + GAP;
  mStep = (<usize> (roomForTiles(together) * outChannels) << 2) + GAP;
  vImage = <usize> (down * across * inChannels) << 2;
  mImage = <usize> (down * across * outChannels) << 2;
  weightStep = (<usize> (inChannels * outChannels) << 2) + GAP;
  paddedBytes = <usize> (inChannels * paddedRows() * paddedColumns()) << 2;
  xBytes = <usize> (inChannels * inHeight * inWidth) << 2;
  yBytes = <usize> (outChannels * outHeight * outWidth) << 2;
}

/** Tiles of so many images, a multiple of 4. */
function roomForTiles(images: i32): i32 {
  return (images * down * across + 3) & ~3;
}

function paddedRows(): i32 {
  return (down - 1) * reach + side;
}

function paddedColumns(): i32 {
  return (across - 1) * reach + side;
}

/** Bytes of the transformed columns of a row of tiles, of 4 channels. */
function stripBytes(): usize {
  return <usize> (side * paddedColumns()) << 4;
}

@unmanaged
export class WinogradForwardArgs extends WinogradSizes {
  x: usize;
  /** Transformed, `[frequencies, inChannels, outChannels]`. */
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
  const m = v + frequencies * vStep;
  const y = m + frequencies * mStep;
  const strip = y + (<usize> (outChannels * down * across) << 6);
  const transposed = strip + stripBytes();
  const end = partStart(batch, part + 1, parts);
  let image = partStart(batch, part, parts);
  // The padding, and the tiles that there is room for but that are not there.
  if (image < end) memory.fill(padded, 0, m - padded);
  for (; image < end; image += together) {
    const count = min(together, end - image);
    for (let i = 0; i < count; i++) {
      const from = x + <usize> (image + i) * xBytes;
      transformX(from, padded, v + <usize> i * vImage, strip);
    }
    multiplyFrequencies(
      v,
      vStep,
      weights,
      weightStep,
      m,
      mStep,
      roomForTiles(count),
      inChannels,
      outChannels,
      transposed,
      frequencies,
    );
    for (let i = 0; i < count; i++) {
      const tiles = m + <usize> i * mImage;
      outputTiles(tiles, mStep, y, outChannels, down, across, side, scratch);
      fromLanes(
        y,
        down * 4,
        across * 4,
        0,
        0,
        bias,
        output + <usize> (image + i) * yBytes,
        outChannels,
        outHeight,
        outWidth,
      );
    }
  }
}

/** The part of V that is an image's. */
function transformX(
  image: usize,
  padded: usize,
  v: usize,
  strip: usize,
): void {
  toLanes(
    image,
    inChannels,
    inHeight,
    inWidth,
    padded,
    paddedRows(),
    paddedColumns(),
    top,
    left,
  );
  inputTiles(padded, v, vStep, inChannels, down, across, side, reach, strip);
}

@unmanaged
export class WinogradGradientArgs extends WinogradSizes {
  gradOutput: usize;
  x: usize;
  /** Transformed, `[frequencies, outChannels, inChannels]`. */
  weights: usize;
  /** 0 where this gradient is not wanted. */
  gradX: usize;
  /** Whether the gradient with respect to the weights is wanted. */
  ofWeights: i32;
}

/**
 * The gradient with respect to the input; and for each part the sum over its
 * images of that with respect to the weights, transformed, which
 * `winogradWeightGradient` finishes. The sums `[frequencies, inChannels, outChannels]`
 * come first in a part's memory, after the temporary tile.
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
  const padded = sums + ownWeights * weightStep;
  const v = padded + paddedBytes;
  const m = v + frequencies * vStep;
  const y = m + frequencies * mStep;
  const strip = y + (<usize> (outChannels * down * across) << 6);
  const transposed = strip + stripBytes();
  const rows = down * 4, columns = across * 4;
  // Sums start at 0, and what lies around an image is 0 throughout.
  memory.fill(sums, 0, scratch + stride - sums);
  const end = partStart(batch, part + 1, parts);
  let image = partStart(batch, part, parts);
  for (; image < end; image += together) {
    const count = min(together, end - image);
    for (let i = 0; i < count; i++) {
      const from = gradOutput + <usize> (image + i) * yBytes;
      const tiles = m + <usize> i * mImage;
      toLanes(from, outChannels, outHeight, outWidth, y, rows, columns, 0, 0);
      gradientTiles(y, tiles, mStep, outChannels, down, across, side, scratch);
    }
    const first = <usize> image * xBytes;
    if (ofWeights) {
      memory.fill(padded, 0, paddedBytes);
      for (let i = 0; i < count; i++) {
        const from = x + first + <usize> i * xBytes;
        transformX(from, padded, v + <usize> i * vImage, strip);
      }
      addToSums(v, m, sums, count);
    }
    if (gradX == 0) continue;
    multiplyFrequencies(
      m,
      mStep,
      weights,
      weightStep,
      v,
      vStep,
      roomForTiles(count),
      outChannels,
      inChannels,
      transposed,
      frequencies,
    );
    for (let i = 0; i < count; i++) {
      putInputGradient(
        v + <usize> i * vImage,
        padded,
        gradX + first + <usize> i * xBytes,
        scratch,
      );
    }
  }
}

/** Adds some images' gradient with respect to the weights, transformed. */
function addToSums(v: usize, m: usize, sums: usize, images: i32): void {
  for (let i = 0; i < images; i += summed) {
    accumulateFrequencies(
      v + <usize> i * vImage,
      vStep,
      m + <usize> i * mImage,
      mStep,
      sums,
      weightStep,
      inChannels,
      min(summed, images - i) * down * across,
      outChannels,
      frequencies,
    );
  }
}

/** An image's gradient with respect to the input, from its part of V. */
function putInputGradient(
  v: usize,
  padded: usize,
  gradX: usize,
  temporary: usize,
): void {
  memory.fill(padded, 0, paddedBytes);
  inputGradientTiles(
    v,
    vStep,
    padded,
    inChannels,
    down,
    across,
    side,
    reach,
    temporary,
  );
  fromLanes(
    padded,
    paddedRows(),
    paddedColumns(),
    top,
    left,
    0,
    gradX,
    inChannels,
    inHeight,
    inWidth,
  );
}
