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
  shape = flattened(shape);
  const { groups, outHeight, outWidth } = shape;
  const { inChannels, outChannels } = channelsOfGroup(shape);
  const taps = inChannels * shape.kernelHeight * shape.kernelWidth;
  const packed = new Scratch(groups * wholeVectors(outChannels) * taps);
  const layout = inputLayout(shape, outWidth);
  const bytes = tableBytes(taps) + imageBytes(layout);
  return [
    pack(weight, packed, shape, forwardTaps(shape)),
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
      firstPlace: 0,
      columnStep: 1,
      rowStep: outWidth,
      planeStep: outHeight * outWidth,
    }, { work: multiplications(shape), cost: conv2dCost(shape) }),
  ];
}

/**
 * The gradient with respect to x: a convolution of the output's for each phase,
 * the pixels that are a stride apart.
 */
export function inputGradient(
  operands: InputGradientOperands,
  shape: Conv2dShape,
  cpu: CpuTraits,
): readonly WasmCall[] {
  shape = flattened(shape);
  const rows = phasesOf(shape, "Height");
  const columns = phasesOf(shape, "Width");
  const phases = rows.flatMap((row) =>
    columns.map((column) => ({ row, column }))
  );
  const taps = Math.max(
    ...phases.map(({ column, row }) => row.taps.count * column.taps.count),
  );
  const { inChannels, outChannels } = channelsOfGroup(shape);
  const packed = new Scratch(
    shape.groups * wholeVectors(inChannels) * outChannels * Math.max(1, taps),
  );
  return phases.flatMap((phase) =>
    phaseGradient(operands, packed, shape, phase, phases.length, cpu)
  );
}

/** Taps of an axis: the first one, the step to the next, how many. */
interface Taps {
  readonly first: number;
  readonly step: number;
  readonly count: number;
}

/** Pixels of the input, along an axis, that meet the same taps. */
interface Phase {
  /** The first of them; the others follow a stride apart. */
  readonly start: number;
  /** How many there are. */
  readonly count: number;
  /** What they meet, the last tap first. */
  readonly taps: Taps;
  /** Pixels of the output from one of these taps to the next. */
  readonly dilation: number;
  /** The padding before the output's first pixel; may be negative. */
  readonly padding: number;
}

/** The phases of an axis that have pixels, as many as its stride at most. */
function phasesOf(shape: Conv2dShape, axis: "Height" | "Width"): Phase[] {
  const stride = shape[`stride${axis}`], dilation = shape[`dilation${axis}`];
  const padding = shape[`padding${axis}`], size = shape[`in${axis}`];
  const taps = Array.from({ length: shape[`kernel${axis}`] }, (_, tap) => tap)
    .reverse();
  const starts = Array.from({ length: Math.min(stride, size) }, (_, at) => at);
  return starts.map((start) => {
    const met = taps.filter((tap) =>
      (start + padding - tap * dilation) % stride === 0
    );
    const [first = 0, second = first] = met;
    return {
      start,
      count: Math.ceil((size - start) / stride),
      taps: { first, step: second - first, count: met.length },
      dilation: (first - second) * dilation / stride,
      padding: met.length === 0
        ? 0
        : (first * dilation - start - padding) / stride,
    };
  });
}

function phaseGradient(
  { bias, gradOutput: source, gradX: output, weight }: InputGradientOperands,
  packed: Operand,
  shape: Conv2dShape,
  { column, row }: { row: Phase; column: Phase },
  phases: number,
  cpu: CpuTraits,
): WasmCall[] {
  const { groups, inHeight, inWidth } = shape;
  const { inChannels, outChannels } = channelsOfGroup(shape);
  const taps = outChannels * row.taps.count * column.taps.count;
  const layout: ImageLayout = {
    channels: outChannels,
    height: shape.outHeight,
    width: shape.outWidth,
    top: row.padding,
    left: column.padding,
    rows: reachOfPhase(row),
    phases: 1,
    columns: reachOfPhase(column),
  };
  const bytes = tableBytes(taps) + imageBytes(layout);
  const { operations } = conv2dCost(shape);
  return [
    pack(weight, packed, shape, {
      row: row.taps,
      column: column.taps,
      flipped: true,
    }),
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
      outHeight: row.count,
      outWidth: column.count,
      kernelHeight: row.taps.count,
      kernelWidth: column.taps.count,
      strideHeight: 1,
      dilationHeight: row.dilation,
      dilationWidth: column.dilation,
      firstPlace: row.start * inWidth + column.start,
      columnStep: shape.strideWidth,
      rowStep: shape.strideHeight * inWidth,
      planeStep: inHeight * inWidth,
    }, {
      work: multiplications(shape) / phases,
      cost: { operations: operations / phases },
    }),
  ];
}

/** Padded rows or columns of the output that a phase meets; none without a tap. */
function reachOfPhase({ count, dilation, taps }: Phase): number {
  return taps.count === 0 ? 0 : count + (taps.count - 1) * dilation;
}

/** The gradient with respect to the weight: sums of each part, then their sum. */
export function weightGradient(
  { gradOutput, gradWeight, x }: WeightGradientOperands,
  shape: Conv2dShape,
  cpu: CpuTraits,
): readonly WasmCall[] {
  shape = flattened(shape);
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

/** The taps of a packed kernel, and what its channels are. */
interface PackedTaps {
  readonly row: Taps;
  readonly column: Taps;
  /** Whether they are input channels. */
  readonly flipped: boolean;
}

/** All taps of the forward pass, in order. */
function forwardTaps({ kernelHeight, kernelWidth }: Conv2dShape): PackedTaps {
  return {
    row: { first: 0, step: 1, count: kernelHeight },
    column: { first: 0, step: 1, count: kernelWidth },
    flipped: false,
  };
}

function pack(
  weight: Operand,
  packed: Operand,
  shape: Conv2dShape,
  { column, flipped, row }: PackedTaps,
): WasmCall {
  return simd.conv2dPack({
    weight,
    packed,
    groups: shape.groups,
    ...channelsOfGroup(shape),
    kernelHeight: shape.kernelHeight,
    kernelWidth: shape.kernelWidth,
    firstRow: row.first,
    rowStep: row.step,
    rows: row.count,
    firstColumn: column.first,
    columnStep: column.step,
    columns: column.count,
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
    top: shape.paddingHeight,
    left: shape.paddingWidth,
    rows: (outHeight - 1) * strideHeight + reach.height + 1,
    phases: strideWidth,
    columns: outWidth + Math.floor(reach.width / strideWidth),
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
