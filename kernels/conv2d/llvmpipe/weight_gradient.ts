import {
  type AdapterTraits,
  type Dispatch,
  dispatch,
  Scratch,
  Texture,
  workgroupsFor,
} from "../../kernel.ts";
import type { Conv2dShape, WeightGradientOperands } from "../shape.ts";
import { sumOfSplits } from "../sum_of_splits.ts";
import {
  type Correlation,
  forwardCorrelation,
  isBare,
  isSimple,
  packImages,
  sourceTiles,
  targetTiles,
  texelsOf,
} from "./pack.ts";
import * as wgsl from "./weight_gradient.gen.ts";

/** The most rows that a kernel can have. */
const highestKernel = 5;

/** Target channels that one invocation makes. */
const channelGroup = 4;

/** Invocations of a workgroup: the lanes of a vector. */
const workgroupSize = 8;

/** Invocations that keep several cores busy; more make more splits to add. */
const enough = 128;

/**
 * The gradient with respect to the weight, in splits that are added in a fixed
 * order; without strides and dilation, and with kernels of at most five rows and
 * columns: null for others.
 */
export function weightGradient(
  { gradOutput, gradWeight, x }: WeightGradientOperands,
  shape: Conv2dShape,
  { textureTexels }: AdapterTraits,
): readonly Dispatch[] | null {
  const correlation = forwardCorrelation(shape);
  const [source, target] = [sourceTiles(correlation), targetTiles(correlation)];
  const texels = Math.max(texelsOf(source), texelsOf(target));
  if (!isSimple(shape) || shape.kernelHeight > highestKernel) return null;
  if (texels > textureTexels) return null;
  const images = new Texture("images", texelsOf(source));
  const gradients = new Texture("gradients", texelsOf(target));
  const splits = splitsOf(correlation);
  const { length } = gradWeight.buffer;
  const sums = splits === 1 ? gradWeight : new Scratch(splits * length);
  const imagesPerSplit = imagesPerSplitOf(correlation);
  const { rowTileWidth, rowTiles, rows } = source;
  const { operations, targetHeight } = correlation;
  const products = dispatch(wgsl.weightGradient, {
    bind: { source: images, gradient: gradients, splits: sums },
    constants: {
      batch: correlation.batch,
      sourceChannels: correlation.sourceChannels,
      targetChannels: correlation.targetChannels,
      targetHeight,
      kernelHeight: correlation.kernelHeight,
      kernelWidth: correlation.kernelWidth,
      rowTileWidth,
      rowTiles,
      rows,
      bare: Number(isBare(correlation)),
      imagesPerSplit,
      workgroupSize,
    },
    workgroups: workgroupsFor(tilesOf(correlation) * splits, workgroupSize),
    iterations: imagesPerSplit * rowTiles * targetHeight,
    cost: { operations },
  });
  const packed = [
    packImages(x, source, images),
    packImages(gradOutput, target, gradients),
  ];
  return splits === 1
    ? [...packed, products]
    : [...packed, products, sumOfSplits(sums, gradWeight)];
}

function tilesOf({ sourceChannels, targetChannels }: Correlation): number {
  return sourceChannels * Math.ceil(targetChannels / channelGroup);
}

function imagesPerSplitOf(correlation: Correlation): number {
  const { batch } = correlation;
  return Math.max(1, Math.floor(batch * tilesOf(correlation) / enough));
}

function splitsOf(correlation: Correlation): number {
  return Math.ceil(correlation.batch / imagesPerSplitOf(correlation));
}
