import {
  type AdapterTraits,
  type Dispatch,
  dispatch,
  type Operand,
  Scratch,
  type WebGpuSteps,
  type Workgroups,
  workgroupsFor,
} from "../kernel.ts";
import {
  conv2dCost,
  type Conv2dShape,
  type ForwardOperands,
  type InputGradientOperands,
  type WeightGradientOperands,
} from "./shape.ts";
import { sumOfSplits } from "./sum_of_splits.ts";
import * as wgsl from "./tiled.gen.ts";
import { weightGradientSplits } from "./tiled_weight_gradient.gen.ts";
import { withWeightCopy } from "./weight_copy.ts";
import {
  type ConvolutionWindow,
  forwardWindow,
  inputGradientWindow,
  weightGradientWindow,
} from "./window.ts";

/** Invocations of a workgroup. */
const invocations = 128;

/**
 * Target channels and kernel elements in a tile of the gradient with respect to
 * the weight.
 */
const gradientTile = { channels: 32, elements: 64 };

/** Pixels that are in workgroup memory at a time, for that gradient. */
const pixelChunk = 32;

/** Workgroups that keep a large GPU busy. */
const busy = 256;

/** Pixels of a split at most: far below the iteration limit. */
const longestSplit = 16_384;

/** The convolution in tiles; null where it has groups. */
export function forward(
  { bias, output, weight, x: source }: ForwardOperands,
  shape: Conv2dShape,
  adapter: AdapterTraits,
): WebGpuSteps | null {
  if (shape.groups > 1) return null;
  const window = forwardWindow(shape, bias !== null);
  return withWeightCopy(weight, adapter, (copy) => [
    convolve(
      { weight: copy, source, bias: bias ?? weight, output },
      window,
      shape,
    ),
  ]);
}

/** The gradient with respect to x in tiles; null where there are groups. */
export function inputGradient(
  { bias, gradOutput: source, gradX: output, weight }: InputGradientOperands,
  shape: Conv2dShape,
  adapter: AdapterTraits,
): WebGpuSteps | null {
  if (shape.groups > 1) return null;
  const window = inputGradientWindow(shape, bias !== null);
  return withWeightCopy(weight, adapter, (copy) => [
    convolve(
      { weight: copy, source, bias: bias ?? weight, output },
      window,
      shape,
    ),
  ]);
}

/** Slides a window over the source; four pixels at once where images have so many. */
function convolve(
  { output, ...read }: Record<
    "weight" | "source" | "bias" | "output",
    Operand
  >,
  window: ConvolutionWindow,
  shape: Conv2dShape,
): Dispatch {
  const options = optionsOf(window, shape);
  return window.targetHeight * window.targetWidth % 4 === 0
    ? dispatch(wgsl.convolveFours, {
      ...options,
      bind: { ...read, fours: output },
    })
    : dispatch(wgsl.convolveSingles, {
      ...options,
      bind: { ...read, singles: output },
    });
}

function optionsOf(window: ConvolutionWindow, shape: Conv2dShape) {
  const { kernelHeight, kernelWidth, sourceChannels, targetChannels } = window;
  const groups = groupsOf(targetChannels);
  const pixels = shape.batch * window.targetHeight * window.targetWidth;
  const [x, y] = workgroupsFor(pixels, pixelsOf(groups));
  const workgroups: Workgroups = [
    x,
    y,
    Math.ceil(targetChannels / (4 * groups)),
  ];
  return {
    constants: { ...window, groups },
    workgroups,
    iterations: 2 * sourceChannels * kernelHeight * kernelWidth,
    cost: conv2dCost(shape),
  };
}

/** Fours of channels in a tile: few where channels are few. */
function groupsOf(targetChannels: number): number {
  return targetChannels <= 16 ? 4 : 8;
}

/** Pixels of a tile. */
function pixelsOf(groups: number): number {
  return 8 * invocations / groups;
}

/**
 * Whether the convolution can make statistics: its images have fours of pixels,
 * and it has no groups.
 */
export function hasStatistics(
  { groups, outHeight, outWidth }: Conv2dShape,
): boolean {
  return groups === 1 && outHeight * outWidth % 4 === 0;
}

/** Elements of a channel of the output in each tile but the last. */
export function elementsOfTile({ outChannels }: Conv2dShape): number {
  return pixelsOf(groupsOf(outChannels));
}

/** As {@linkcode forward}, with the statistics of each tile. */
export function forwardWithStatistics(
  { batches, bias, output: fours, partials, weight, x: source }:
    & ForwardOperands
    & { readonly batches: Operand; readonly partials: Operand },
  shape: Conv2dShape,
  adapter: AdapterTraits,
): WebGpuSteps {
  const window = forwardWindow(shape, bias !== null);
  const others = { source, bias: bias ?? weight, fours, partials, batches };
  return withWeightCopy(weight, adapter, (weight) => [
    dispatch(wgsl.convolveWithStatistics, {
      ...optionsOf(window, shape),
      bind: { weight, ...others },
      label: "conv2dForward",
    }),
  ]);
}

/**
 * The gradient with respect to the weight, in splits that are added in a fixed
 * order; null where there are groups.
 */
export function weightGradient(
  { gradOutput, gradWeight, x: source }: WeightGradientOperands,
  shape: Conv2dShape,
): WebGpuSteps | null {
  if (shape.groups > 1) return null;
  const { pixels, splits } = splitsOf(shape);
  const { length } = gradWeight.buffer;
  const sums = splits === 1 ? gradWeight : new Scratch(splits * length);
  const [x, y] = gradientTiles(shape);
  const products = dispatch(weightGradientSplits, {
    bind: { gradOutput, source, splits: sums },
    constants: { ...weightGradientWindow(shape), pixelsPerSplit: pixels },
    workgroups: [x, y, splits],
    cost: conv2dCost(shape),
  });
  return splits === 1 ? [products] : [products, sumOfSplits(sums, gradWeight)];
}

/** The tiles of a gradient with respect to the weight, along x and y. */
function gradientTiles(shape: Conv2dShape): readonly [number, number] {
  const { inChannels, kernelHeight, kernelWidth, outChannels } = shape;
  return [
    Math.ceil(inChannels * kernelHeight * kernelWidth / gradientTile.elements),
    Math.ceil(outChannels / gradientTile.channels),
  ];
}

/** How many splits the pixels are summed in, and how large these are. */
function splitsOf(shape: Conv2dShape): { splits: number; pixels: number } {
  const all = shape.batch * shape.outHeight * shape.outWidth;
  const [x, y] = gradientTiles(shape);
  const wanted = Math.max(
    Math.min(Math.ceil(busy / (x * y)), Math.ceil(all / (4 * pixelChunk))),
    Math.ceil(all / longestSplit),
  );
  const pixels = Math.ceil(all / wanted / pixelChunk) * pixelChunk;
  return { splits: Math.ceil(all / pixels), pixels };
}
