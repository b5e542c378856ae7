import {
  type AdapterTraits,
  dispatch,
  Scratch,
  type WebGpuSteps,
  workgroupsFor,
} from "../../kernel.ts";
import { asLinear } from "../as_linear.ts";
import type { Conv2dShape, WeightGradientOperands } from "../shape.ts";
import { sumOfSplits } from "../sum_of_splits.ts";
import {
  type Correlation,
  forwardCorrelation,
  gradientTiles,
  isSimple,
  packedTexture,
  packImages,
  sourceTiles,
  texelsOf,
} from "./pack.ts";
import { weightOfPhases } from "./phases.ts";
import * as wgsl from "./weight_gradient.gen.ts";

/** The most rows that a window can have. */
const highestWindow = 5;

/** Target channels that one invocation makes. */
const channelGroup = 4;

/** Invocations of a workgroup: the lanes of a vector. */
const workgroupSize = 8;

/** Invocations that keep several cores busy; more make more splits to add. */
const enough = 128;

/**
 * The gradient with respect to the weight, in splits that are added in a fixed
 * order; without dilation and groups, and with windows of at most five rows and
 * columns: null for others.
 */
export function weightGradient(
  { gradOutput, gradWeight, x }: WeightGradientOperands,
  shape: Conv2dShape,
  { textureTexels }: AdapterTraits,
): WebGpuSteps | null {
  if (asLinear(shape) !== null) return null;
  const correlation = forwardCorrelation(shape);
  const [source, target] = [sourceTiles(correlation), gradientTiles(shape)];
  const texels = Math.max(texelsOf(source), texelsOf(target));
  if (!isSimple(shape, correlation)) return null;
  if (correlation.windowHeight > highestWindow) return null;
  if (texels > textureTexels) return null;
  const images = packedTexture("images", source);
  const gradients = packedTexture("gradients", target);
  const splits = splitsOf(correlation);
  const hasPhases = shape.strideHeight * shape.strideWidth > 1;
  const sums = splits === 1 && !hasPhases
    ? gradWeight
    : new Scratch(splits * weightsOf(correlation));
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
      kernelHeight: correlation.windowHeight,
      kernelWidth: correlation.windowWidth,
      rowTileWidth,
      rowTiles,
      rows,
      gradientRows: target.rows,
      top: target.top,
      left: target.left,
      gradientTexels: target.texels,
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
  if (sums === gradWeight) return [...packed, products];
  const sum = hasPhases
    ? weightOfPhases(sums, gradWeight, shape, correlation)
    : sumOfSplits(sums, gradWeight);
  return [...packed, products, sum];
}

/** Weights of the windows over all phases. */
function weightsOf(
  { sourceChannels, targetChannels, windowHeight, windowWidth }: Correlation,
): number {
  return targetChannels * sourceChannels * windowHeight * windowWidth;
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
