import type { CpuTraits, WasmCall } from "../kernel.ts";
import { Scratch } from "../kernel.ts";
import { threadMemory } from "../lib/thread_memory.ts";
import { forwardBytes } from "../linear/signature.ts";
import * as linear from "../linear/simd.gen.ts";
import { asLinear } from "./as_linear.ts";
import { imageGradient, suitsImages } from "./image_gradient.ts";
import {
  conv2dCost,
  type Conv2dShape,
  type ForwardOperands,
  type InputGradientOperands,
  multiplications,
  type WeightGradientOperands,
  workOfImages,
} from "./shape.ts";
import * as simd from "./simd.gen.ts";
import * as winograd from "./winograd/wasm.ts";

/** How an image lies in its padded copy: `ImageLayout` in `simd/_layout.ts`. */
interface ImageLayout {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly top: number;
  readonly left: number;
  readonly rows: number;
  readonly phases: number;
  readonly columns: number;
}

/** Vectors that a tile may load beyond the last pixel of an image, in bytes. */
const slack = 64;

/** Taps that a tile of the weight gradient takes at once. */
const tapsOfTile = 2;

/**
 * The convolution: 3×3 by Winograd's algorithm where that is faster, and as a linear
 * layer where it is one.
 */
export function forward(
  operands: ForwardOperands,
  shape: Conv2dShape,
  cpu: CpuTraits,
): readonly WasmCall[] {
  const about = { work: multiplications(shape), cost: conv2dCost(shape) };
  const layer = asLinear(shape);
  if (layer !== null) {
    const memory = threadMemory(cpu, forwardBytes);
    return [linear.linearForward({ ...operands, ...layer, ...memory }, about)];
  }
  if (winograd.suits3x3(shape, cpu)) {
    return winograd.forward(operands, shape, cpu);
  }
  const { bias, output, weight, x: source } = operands;
  shape = flattened(shape);
  const { groups, outHeight, outWidth } = shape;
  const { inChannels, outChannels } = channelsOfGroup(shape);
  const taps = inChannels * shape.kernelHeight * shape.kernelWidth;
  const packed = new Scratch(groups * wholeVectors(outChannels) * taps);
  const layout = inputLayout(shape, outWidth);
  const bytes = tableBytes(taps) + imageBytes(layout);
  return [
    simd.conv2dPack(
      { weight, packed, groups, outChannels, taps },
      { label: "conv2dPackWeights" },
    ),
    simd.conv2dDirect({
      ...layout,
      source,
      packed,
      bias,
      output,
      ...threadMemory(cpu, bytes),
      batch: shape.batch * groups,
      groups,
      outChannels,
      outHeight,
      outWidth,
      kernelHeight: shape.kernelHeight,
      kernelWidth: shape.kernelWidth,
      strideHeight: shape.strideHeight,
      dilationHeight: shape.dilationHeight,
      dilationWidth: shape.dilationWidth,
    }, { ...about, work: workOfImages(shape) }),
  ];
}

/** The gradient with respect to x: a convolution of the output's. */
export function inputGradient(
  operands: InputGradientOperands,
  shape: Conv2dShape,
  cpu: CpuTraits,
): readonly WasmCall[] {
  const { bias, gradOutput, gradX, weight } = operands;
  const about = { work: multiplications(shape), cost: conv2dCost(shape) };
  const layer = asLinear(shape);
  if (layer !== null && bias === null) {
    const args = { gradOutput, weight, gradX, ...layer };
    return [linear.linearInputGradient(args, about)];
  }
  if (suitsImages(shape)) return imageGradient(operands, shape, cpu);
  shape = flattened(shape);
  const { groups, inHeight, inWidth, kernelHeight, kernelWidth } = shape;
  const { inChannels, outChannels } = channelsOfGroup(shape);
  const taps = outChannels * kernelHeight * kernelWidth;
  const packed = new Scratch(groups * wholeVectors(inChannels) * taps);
  const layout = gradientLayout(shape);
  const bytes = tableBytes(taps) + imageBytes(layout);
  const kernel = {
    kernelHeight,
    kernelWidth,
    strideHeight: shape.strideHeight,
    strideWidth: shape.strideWidth,
    paddingHeight: shape.paddingHeight,
    paddingWidth: shape.paddingWidth,
    dilationHeight: shape.dilationHeight,
    dilationWidth: shape.dilationWidth,
  };
  return [
    simd.conv2dPackFlipped(
      { weight, packed, groups, inChannels, outChannels, ...kernel },
      { label: "conv2dPackWeights" },
    ),
    simd.conv2dInputGradient({
      ...layout,
      ...kernel,
      gradOutput,
      packed,
      bias,
      gradX,
      ...threadMemory(cpu, bytes),
      batch: shape.batch * groups,
      groups,
      inChannels,
      inHeight,
      inWidth,
    }, { ...about, work: workOfImages(shape) }),
  ];
}

/** The gradient with respect to the weight: sums of each part, then their sum. */
export function weightGradient(
  { gradOutput, gradWeight, x }: WeightGradientOperands,
  shape: Conv2dShape,
  cpu: CpuTraits,
): readonly WasmCall[] {
  const work = multiplications(shape);
  const about = { work, cost: conv2dCost(shape) };
  const layer = asLinear(shape);
  if (layer !== null) {
    const args = { gradOutput, x, gradWeight, ...layer };
    return [linear.linearWeightGradient(args, about)];
  }
  shape = flattened(shape);
  const { groups, outHeight, outWidth } = shape;
  const { inChannels, outChannels } = channelsOfGroup(shape);
  const taps = inChannels * shape.kernelHeight * shape.kernelWidth;
  const isInLanes = hasLanes(shape);
  const layout = isInLanes
    ? lanesLayout(shape)
    : inputLayout(shape, wholeVectors(outWidth));
  const fours = wholeVectors(outChannels) / 4;
  const vectors = outHeight * wholeVectors(outWidth) / 4;
  const { memory, memoryStride } = threadMemory(
    cpu,
    roundUp(groups * fours * taps * 16, 64) + tableBytes(taps + tapsOfTile) +
      fours * vectors * 64 +
      imageBytes({ ...layout, channels: wholeVectors(layout.channels) }),
  );
  const args = {
    ...layout,
    gradOutput,
    x,
    memory,
    memoryStride,
    batch: shape.batch * groups,
    groups,
    outChannels,
    outHeight,
    outWidth,
    kernelHeight: shape.kernelHeight,
    kernelWidth: shape.kernelWidth,
    strideHeight: shape.strideHeight,
    dilationHeight: shape.dilationHeight,
    dilationWidth: shape.dilationWidth,
  };
  return [
    hasRows(shape)
      ? simd.conv2dWeightRows(args, about)
      : isInLanes
      ? simd.conv2dWeightLanes(
        { ...args, strideWidth: shape.strideWidth },
        about,
      )
      : simd.conv2dWeightSums(args, about),
    simd.conv2dWeightGradient({
      sums: memory,
      sumsStride: memoryStride,
      gradWeight,
      groups,
      outChannels,
      taps,
      summed: cpu.parts(work),
    }, { work: groups * outChannels * taps, label: "conv2dWeightGradientSum" }),
  ];
}

/**
 * Whether the weight gradient has a function of its own. For 1 channel to 16 of
 * 28×28 pixels that takes half the time of the general one, to 6 as well.
 */
function hasRows(shape: Conv2dShape): boolean {
  return shape.groups === 1 &&
    shape.kernelWidth === 5 && wholeVectors(shape.outChannels) % 8 === 0 &&
    shape.strideHeight === 1 && shape.strideWidth === 1 &&
    shape.dilationHeight === 1 && shape.dilationWidth === 1;
}

/** Whether the weight gradient has its channels in lanes. */
function hasLanes(shape: Conv2dShape): boolean {
  return !hasRows(shape) && shape.groups === 1 &&
    shape.outChannels % 8 === 0 && shape.inChannels >= 3;
}

/** The input with its padding, its channels in lanes. */
function lanesLayout(shape: Conv2dShape): ImageLayout {
  const layout = inputLayout({ ...shape, strideWidth: 1 }, 0);
  const reach = reachOf(shape);
  const across = (shape.outWidth - 1) * shape.strideWidth + reach.width + 1;
  const right = shape.paddingWidth + shape.inWidth;
  const below = shape.paddingHeight + shape.inHeight;
  return {
    ...layout,
    rows: Math.max(layout.rows, below),
    columns: Math.max(across, right),
  };
}

/**
 * The input with its padding; neighbours are what lies a stride apart.
 *
 * @param outWidth Columns of the output, and more where vectors reach further.
 */
function inputLayout(shape: Conv2dShape, outWidth: number): ImageLayout {
  const reach = reachOf(shape);
  const { outHeight, strideHeight, strideWidth } = shape;
  return {
    channels: channelsOfGroup(shape).inChannels,
    height: shape.inHeight,
    width: shape.inWidth,
    top: shape.paddingHeight,
    left: shape.paddingWidth,
    rows: (outHeight - 1) * strideHeight + reach.height + 1,
    phases: strideWidth,
    columns: outWidth + Math.floor(reach.width / strideWidth),
  };
}

/** The output's gradient, with room for all that a pixel of the input meets. */
function gradientLayout(shape: Conv2dShape): ImageLayout {
  const { outChannels } = channelsOfGroup(shape);
  const reach = reachOf(shape);
  const { strideHeight, strideWidth } = shape;
  const top = Math.ceil((reach.height - shape.paddingHeight) / strideHeight);
  const left = Math.ceil((reach.width - shape.paddingWidth) / strideWidth);
  const last = {
    row: Math.floor((shape.inHeight - 1 + shape.paddingHeight) / strideHeight),
    column: Math.floor((shape.inWidth - 1 + shape.paddingWidth) / strideWidth),
  };
  const layout = { top: Math.max(0, top), left: Math.max(0, left) };
  return {
    ...layout,
    channels: outChannels,
    height: shape.outHeight,
    width: shape.outWidth,
    rows: layout.top + last.row + 1,
    phases: 1,
    columns: layout.left + last.column + 1,
  };
}

/**
 * A product of matrices, 1×1 with stride 1, has images of one row: vectors of
 * pixels don't end with a row.
 */
function flattened(shape: Conv2dShape): Conv2dShape {
  const isProduct = shape.kernelHeight === 1 && shape.kernelWidth === 1 &&
    shape.strideHeight === 1 && shape.strideWidth === 1 &&
    shape.paddingHeight === 0 && shape.paddingWidth === 0 &&
    shape.outHeight === shape.inHeight && shape.outWidth === shape.inWidth;
  if (!isProduct) return shape;
  const pixels = shape.inHeight * shape.inWidth;
  return {
    ...shape,
    inHeight: 1,
    inWidth: pixels,
    outHeight: 1,
    outWidth: pixels,
  };
}

/** Channels that a group of an image has. */
function channelsOfGroup({ groups, inChannels, outChannels }: Conv2dShape) {
  return {
    inChannels: inChannels / groups,
    outChannels: outChannels / groups,
  };
}

/** From the first tap of a kernel to its last, in pixels. */
function reachOf(shape: Conv2dShape): { height: number; width: number } {
  return {
    height: (shape.kernelHeight - 1) * shape.dilationHeight,
    width: (shape.kernelWidth - 1) * shape.dilationWidth,
  };
}

function imageBytes({ channels, columns, phases, rows }: ImageLayout): number {
  return roundUp(channels * rows * phases * columns * 4 + slack, 64);
}

function tableBytes(taps: number): number {
  return roundUp(taps * 4, 64);
}

function roundUp(value: number, multiple: number): number {
  return Math.ceil(value / multiple) * multiple;
}

/** Channels or columns rounded up to whole vectors. */
function wholeVectors(count: number): number {
  return roundUp(count, 4);
}
