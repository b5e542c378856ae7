import type { CpuTraits, Operand, WasmCall } from "../kernel.ts";
import { Scratch } from "../kernel.ts";
import {
  conv2dCost,
  type Conv2dShape,
  type ForwardOperands,
  type InputGradientOperands,
  multiplications,
  type WeightGradientOperands,
} from "./shape.ts";
import * as simd from "./simd.gen.ts";
import * as winograd from "./winograd/wasm.ts";

/** How an image lies in its padded copy: `ImageLayout` in `simd/_layout.ts`. */
interface ImageLayout {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly stepHeight: number;
  readonly stepWidth: number;
  readonly top: number;
  readonly left: number;
  readonly rows: number;
  readonly phases: number;
  readonly columns: number;
}

/** Vectors that a tile may load beyond the last pixel of an image, in bytes. */
const slack = 64;

/** Taps that a tile of the weight gradient takes at once. */
const tapsOfTile = 3;

/** The convolution: 3×3 by Winograd's algorithm where that is faster. */
export function forward(
  operands: ForwardOperands,
  shape: Conv2dShape,
  cpu: CpuTraits,
): readonly WasmCall[] {
  if (winograd.suits3x3(shape, cpu)) {
    return winograd.forward(operands, shape, cpu);
  }
  const { bias, output, weight, x: source } = operands;
  const { groups, outHeight, outWidth } = shape;
  const { inChannels, outChannels } = channelsOfGroup(shape);
  const taps = inChannels * shape.kernelHeight * shape.kernelWidth;
  const packed = new Scratch(groups * wholeVectors(outChannels) * taps);
  const layout = inputLayout(shape, outWidth);
  const bytes = tableBytes(taps) + imageBytes(layout);
  return [
    pack(weight, packed, shape, false),
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
    }, { work: multiplications(shape), cost: conv2dCost(shape) }),
  ];
}

/** The gradient with respect to x: a convolution of the output's. */
export function inputGradient(
  { bias, gradOutput: source, gradX: output, weight }: InputGradientOperands,
  shape: Conv2dShape,
  cpu: CpuTraits,
): readonly WasmCall[] {
  const { groups, inHeight, inWidth } = shape;
  const { inChannels, outChannels } = channelsOfGroup(shape);
  const taps = outChannels * shape.kernelHeight * shape.kernelWidth;
  const packed = new Scratch(groups * wholeVectors(inChannels) * taps);
  const layout = gradientLayout(shape);
  const bytes = tableBytes(taps) + imageBytes(layout);
  return [
    pack(weight, packed, shape, true),
    simd.conv2dDirect({
      ...layout,
      source,
      packed,
      bias,
      output,
      ...threadMemory(cpu, bytes),
      batch: shape.batch * groups,
      groups,
      outChannels: inChannels,
      outHeight: inHeight,
      outWidth: inWidth,
      kernelHeight: shape.kernelHeight,
      kernelWidth: shape.kernelWidth,
      strideHeight: 1,
      dilationHeight: shape.dilationHeight,
      dilationWidth: shape.dilationWidth,
    }, { work: multiplications(shape), cost: conv2dCost(shape) }),
  ];
}

/** The gradient with respect to the weight: sums of each part, then their sum. */
export function weightGradient(
  { gradOutput, gradWeight, x }: WeightGradientOperands,
  shape: Conv2dShape,
  cpu: CpuTraits,
): readonly WasmCall[] {
  const { groups, outHeight, outWidth } = shape;
  const { inChannels, outChannels } = channelsOfGroup(shape);
  const taps = inChannels * shape.kernelHeight * shape.kernelWidth;
  const layout = inputLayout(shape, wholeVectors(outWidth));
  const fours = wholeVectors(outChannels) / 4;
  const vectors = outHeight * wholeVectors(outWidth) / 4;
  const { memory, memoryStride } = threadMemory(
    cpu,
    roundUp(groups * fours * taps * 16, 64) + tableBytes(taps + tapsOfTile) +
      fours * vectors * 64 + imageBytes(layout),
  );
  const work = multiplications(shape);
  const sums = hasRows(shape) ? simd.conv2dWeightRows : simd.conv2dWeightSums;
  return [
    sums({
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
    }, { work, cost: conv2dCost(shape) }),
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

function pack(
  weight: Operand,
  packed: Operand,
  shape: Conv2dShape,
  flipped: boolean,
): WasmCall {
  return simd.conv2dPack({
    weight,
    packed,
    groups: shape.groups,
    ...channelsOfGroup(shape),
    taps: shape.kernelHeight * shape.kernelWidth,
    flipped: Number(flipped),
  }, { label: "conv2dPackWeights" });
}

/**
 * Whether the weight gradient has a function of its own. For 1 channel to 16 of
 * 28×28 pixels that takes half the time of the general one.
 */
function hasRows(shape: Conv2dShape): boolean {
  return shape.groups === 1 &&
    shape.kernelWidth === 5 && shape.outChannels % 8 === 0 &&
    shape.strideHeight === 1 && shape.strideWidth === 1 &&
    shape.dilationHeight === 1 && shape.dilationWidth === 1;
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
    stepHeight: 1,
    stepWidth: 1,
    top: shape.paddingHeight,
    left: shape.paddingWidth,
    rows: (outHeight - 1) * strideHeight + reach.height + 1,
    phases: strideWidth,
    columns: outWidth + Math.floor(reach.width / strideWidth),
  };
}

/** The output's gradient, its pixels a stride apart. */
function gradientLayout(shape: Conv2dShape): ImageLayout {
  const reach = reachOf(shape);
  return {
    channels: channelsOfGroup(shape).outChannels,
    height: shape.outHeight,
    width: shape.outWidth,
    stepHeight: shape.strideHeight,
    stepWidth: shape.strideWidth,
    top: reach.height - shape.paddingHeight,
    left: reach.width - shape.paddingWidth,
    rows: shape.inHeight + reach.height,
    phases: 1,
    columns: shape.inWidth + reach.width,
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

function threadMemory(cpu: CpuTraits, bytes: number) {
  const { pointer, stride } = cpu.threadMemory(bytes);
  return { memory: pointer, memoryStride: stride };
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
