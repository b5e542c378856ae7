// @ts-nocheck: AssemblyScript, compiled by `deno task kernels`.

// Gradient of a 2-D convolution of any shape with respect to its input: a
// convolution of the output's gradient with flipped weights.
//
// Pixels of the input that are a stride apart meet the same taps: such a phase is
// a convolution by itself, with fewer taps, whose output's pixels lie a stride
// apart. An image's phases follow each other, while it is in the cache. A sum
// starts with the bias and runs over output channel, kernel row, kernel column, the
// last tap first.

import { partStart } from "../../lib/simd/parts.ts";
import { convolveImage } from "./convolve.ts";
import { ImageLayout, padImage, rowBytes, sourceBytes } from "./_layout.ts";

@unmanaged
export class Conv2dPackFlippedArgs {
  weight: usize;
  packed: usize;
  /** Groups of the convolution; the channels are those of one. */
  groups: i32;
  outChannels: i32;
  inChannels: i32;
  kernelHeight: i32;
  kernelWidth: i32;
  strideHeight: i32;
  strideWidth: i32;
  paddingHeight: i32;
  paddingWidth: i32;
  dilationHeight: i32;
  dilationWidth: i32;
}

/**
 * Weights `[outChannels, inChannels, kernel]` of each group as `[fours, k, 4]`, zeros
 * for the channels that the last four lack: k over phase, output channel and the taps
 * of the phase, the last one first; channels are input channels.
 */
export function conv2dPackFlipped(
  args: Conv2dPackFlippedArgs,
  part: i32,
  parts: i32,
): void {
  const outChannels = args.outChannels, inChannels = args.inChannels;
  const kernelHeight = args.kernelHeight, kernelWidth = args.kernelWidth;
  const strideHeight = args.strideHeight, strideWidth = args.strideWidth;
  const kernel = kernelHeight * kernelWidth;
  const taps = outChannels * kernel;
  const fours = (inChannels + 3) >> 2;
  const count = args.groups * fours;
  const end = partStart(count, part + 1, parts);
  for (let item = partStart(count, part, parts); item < end; item++) {
    const first = item % fours * 4;
    const weight = args.weight +
      (<usize> ((item / fours * outChannels * inChannels + first) * kernel) <<
        2);
    let to = args.packed + (<usize> (item * taps) << 4);
    for (let phase = 0; phase < strideHeight * strideWidth; phase++) {
      const top = phase / strideWidth + args.paddingHeight;
      const left = phase % strideWidth + args.paddingWidth;
      for (let channel = 0; channel < outChannels; channel++) {
        for (let i = kernelHeight - 1; i >= 0; i--) {
          if (!meets(top - i * args.dilationHeight, strideHeight)) continue;
          for (let j = kernelWidth - 1; j >= 0; j--) {
            if (!meets(left - j * args.dilationWidth, strideWidth)) continue;
            const tap = channel * inChannels * kernel + i * kernelWidth + j;
            for (let lane = 0; lane < 4; lane++) {
              const at: usize = (tap + lane * kernel) << 2;
              const isThere = first + lane < inChannels;
              store<f32>(to, isThere ? load<f32>(weight + at) : 0);
              to += 4;
            }
          }
        }
      }
    }
  }
}

/** Whether a pixel so far from the first one's window meets a window. */
function meets(distance: i32, stride: i32): bool {
  return distance % stride == 0;
}

/** The layout is that of gradOutput; the channels are a group's output channels. */
@unmanaged
export class Conv2dInputGradientArgs extends ImageLayout {
  gradOutput: usize;
  /** The weights, packed. */
  packed: usize;
  /** `[inChannels]`, or 0 for none. */
  bias: usize;
  gradX: usize;
  /** Memory of part 0: table of taps, padded image. */
  memory: usize;
  /** Bytes from one part's memory to the next one's. */
  memoryStride: usize;
  /** Images times groups: a group of an image is an image to all that follows. */
  batch: i32;
  groups: i32;
  /** Channels of a group's input. */
  inChannels: i32;
  inHeight: i32;
  inWidth: i32;
  kernelHeight: i32;
  kernelWidth: i32;
  strideHeight: i32;
  strideWidth: i32;
  paddingHeight: i32;
  paddingWidth: i32;
  dilationHeight: i32;
  dilationWidth: i32;
}

/** The gradient. A part is an unbroken range of the images. */
export function conv2dInputGradient(
  args: Conv2dInputGradientArgs,
  part: i32,
  parts: i32,
): void {
  const stride = args.memoryStride;
  const table = args.memory + stride * part;
  const taps = args.channels * args.kernelHeight * args.kernelWidth;
  const padded = table + ((<usize> taps * 4 + 63) & ~63);
  const channels = args.inChannels, groups = args.groups;
  const end = partStart(args.batch, part + 1, parts);
  let image = partStart(args.batch, part, parts);
  if (image == end) return;
  makeTables(args, table);
  memory.fill(padded, 0, table + stride - padded);
  const from = sourceBytes(args);
  const to: usize = (channels * args.inHeight * args.inWidth) << 2;
  const weights: usize = (((channels + 3) >> 2) * taps) << 4;
  const fills = args.bias == 0 && hasEmptyPhase(args);
  for (; image < end; image++) {
    const group: usize = image % groups;
    const gradX = args.gradX + <usize> image * to;
    if (fills) memory.fill(gradX, 0, to);
    padImage(args.gradOutput + <usize> image * from, padded, args);
    gradientOfImage(
      args,
      padded,
      table,
      <usize> taps << 4,
      args.packed + group * weights,
      args.bias == 0 ? 0 : args.bias + group * (<usize> channels << 2),
      gradX,
    );
  }
}

/** All phases of an image; one without taps is there already where there is no bias. */
function gradientOfImage(
  args: Conv2dInputGradientArgs,
  padded: usize,
  table: usize,
  four: usize,
  weights: usize,
  bias: usize,
  gradX: usize,
): void {
  const height = args.inHeight, width = args.inWidth;
  const strideHeight = args.strideHeight, strideWidth = args.strideWidth;
  const channelBytes = rowBytes(args) * args.rows;
  for (let row = 0; row < strideHeight; row++) {
    for (let column = 0; column < strideWidth; column++) {
      const taps = args.channels * tapsOfRow(args, row) *
        tapsOfColumn(args, column);
      if (row < height && column < width && (taps != 0 || bias != 0)) {
        convolveImage(
          padded,
          rowBytes(args),
          table,
          taps,
          taps == args.channels ? channelBytes : 0,
          weights,
          four,
          bias,
          gradX + (<usize> (row * width + column) << 2),
          args.inChannels,
          (height - row + strideHeight - 1) / strideHeight,
          (width - column + strideWidth - 1) / strideWidth,
          height * width,
          strideHeight * width,
          strideWidth,
        );
      }
      table += <usize> taps << 2;
      weights += <usize> taps << 4;
    }
  }
}

/** Whether there are pixels that meet no tap. */
function hasEmptyPhase(args: Conv2dInputGradientArgs): bool {
  for (let row = 0; row < args.strideHeight; row++) {
    if (tapsOfRow(args, row) == 0) return true;
  }
  for (let column = 0; column < args.strideWidth; column++) {
    if (tapsOfColumn(args, column) == 0) return true;
  }
  return false;
}

/** How many rows of the kernel the rows of a phase meet. */
function tapsOfRow(args: Conv2dInputGradientArgs, row: i32): i32 {
  const from = row + args.paddingHeight;
  return count(from, args.kernelHeight, args.dilationHeight, args.strideHeight);
}

/** How many columns of the kernel the columns of a phase meet. */
function tapsOfColumn(args: Conv2dInputGradientArgs, column: i32): i32 {
  const from = column + args.paddingWidth;
  return count(from, args.kernelWidth, args.dilationWidth, args.strideWidth);
}

function count(from: i32, kernel: i32, dilation: i32, stride: i32): i32 {
  let found = 0;
  for (let tap = 0; tap < kernel; tap++) {
    if (meets(from - tap * dilation, stride)) found++;
  }
  return found;
}

/**
 * The tables of all phases, in the order of the packed weights: where in the padded
 * image the phase's first pixel meets each output channel and tap, in bytes.
 */
function makeTables(args: Conv2dInputGradientArgs, table: usize): void {
  const strideHeight = args.strideHeight, strideWidth = args.strideWidth;
  for (let phase = 0; phase < strideHeight * strideWidth; phase++) {
    const top = phase / strideWidth + args.paddingHeight;
    const left = phase % strideWidth + args.paddingWidth;
    for (let channel = 0; channel < args.channels; channel++) {
      for (let i = args.kernelHeight - 1; i >= 0; i--) {
        const y = top - i * args.dilationHeight;
        if (!meets(y, strideHeight)) continue;
        const row = channel * args.rows + args.top + y / strideHeight;
        for (let j = args.kernelWidth - 1; j >= 0; j--) {
          const x = left - j * args.dilationWidth;
          if (!meets(x, strideWidth)) continue;
          const column = args.left + x / strideWidth;
          store<i32>(table, (row * args.columns + column) << 2);
          table += 4;
        }
      }
    }
  }
}
