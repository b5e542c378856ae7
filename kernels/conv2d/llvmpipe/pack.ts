import {
  type Dispatch,
  dispatch,
  type Operand,
  type Texture,
  workgroupsFor,
} from "../../kernel.ts";
import { conv2dCost, type Conv2dShape } from "../shape.ts";
import * as wgsl from "./pack.gen.ts";

/** The most columns that a kernel can have. */
export const widestKernel = 5;

/** Channels that one invocation makes. */
const channelGroup = 4;

/** Invocations of a workgroup that packs. */
const workgroupSize = 64;

/** A window that slides over images without strides, whatever they stand for. */
export interface Correlation {
  /** Images in the batch. */
  readonly batch: number;
  readonly sourceChannels: number;
  readonly sourceHeight: number;
  readonly sourceWidth: number;
  readonly targetChannels: number;
  readonly targetHeight: number;
  readonly targetWidth: number;
  readonly kernelHeight: number;
  readonly kernelWidth: number;
  /** Rows and columns of zeros before the first of the source. */
  readonly top: number;
  readonly left: number;
  readonly sourceChannelStep: number;
  readonly targetChannelStep: number;
  /** Whether the kernel is flipped along both axes. */
  readonly flipped: boolean;
  /** Its cost, for the profile. */
  readonly operations: number;
}

/** Images packed into tiles of rows, each with rows of texels. */
export interface RowTiles {
  readonly planes: number;
  readonly height: number;
  readonly width: number;
  /** Rows and columns of zeros before the first of the image. */
  readonly top: number;
  readonly left: number;
  /** Columns from one row tile to the next: 14 or 16. */
  readonly rowTileWidth: number;
  readonly rowTiles: number;
  readonly rows: number;
  readonly texels: number;
}

/** Whether a window's padding of two columns is left out of the only row tile. */
export function isBare(correlation: Correlation): boolean {
  const { rowTileWidth, rowTiles } = columnsOf(correlation);
  return rowTileWidth === 14 && rowTiles === 1 &&
    correlation.sourceWidth <= 14 && correlation.left === 2;
}

/** How the source is packed: with what windows over a row tile reach. */
export function sourceTiles(correlation: Correlation): RowTiles {
  const bare = isBare(correlation);
  return {
    planes: correlation.batch * correlation.sourceChannels,
    height: correlation.sourceHeight,
    width: correlation.sourceWidth,
    top: correlation.top,
    left: bare ? 0 : correlation.left,
    ...columnsOf(correlation),
    rows: 2 * Math.ceil(correlation.targetHeight / 2) +
      correlation.kernelHeight - 1,
    texels: bare ? 4 : 5,
  };
}

/** How a gradient with respect to the target is packed. */
export function targetTiles(correlation: Correlation): RowTiles {
  return {
    planes: correlation.batch * correlation.targetChannels,
    height: correlation.targetHeight,
    width: correlation.targetWidth,
    top: 0,
    left: 0,
    ...columnsOf(correlation),
    rows: correlation.targetHeight,
    texels: 4,
  };
}

function columnsOf({ targetWidth }: Correlation) {
  const covered = (width: number) => Math.ceil(targetWidth / width) * width;
  const rowTileWidth = covered(14) <= covered(16) ? 14 : 16;
  return { rowTileWidth, rowTiles: Math.ceil(targetWidth / rowTileWidth) };
}

/** Texels of packed images. */
export function texelsOf({ planes, rows, rowTiles, texels }: RowTiles): number {
  return planes * rowTiles * rows * texels;
}

/** Texels of packed weights. */
export function weightTexels(correlation: Correlation): number {
  const groups = Math.ceil(correlation.targetChannels / channelGroup);
  return groups * correlation.sourceChannels * correlation.kernelHeight *
    widestKernel;
}

/** Images into a texture, in row tiles. */
export function packImages(
  values: Operand,
  { height, planes, rows, rowTiles, width, ...tiles }: RowTiles,
  packed: Texture,
): Dispatch {
  return dispatch(wgsl.packImages, {
    bind: { values, packed },
    constants: {
      ...tiles,
      imageHeight: height,
      imageWidth: width,
      rowTiles,
      rows,
      workgroupSize,
    },
    workgroups: workgroupsFor(planes * rowTiles * rows, workgroupSize),
    label: "conv2dPackImages",
  });
}

/** Weights into a texture. */
export function packWeights(
  values: Operand,
  correlation: Correlation,
  packed: Texture,
): Dispatch {
  return dispatch(wgsl.packWeights, {
    bind: { values, packed },
    constants: {
      sourceChannels: correlation.sourceChannels,
      targetChannels: correlation.targetChannels,
      kernelHeight: correlation.kernelHeight,
      kernelWidth: correlation.kernelWidth,
      sourceChannelStep: correlation.sourceChannelStep,
      targetChannelStep: correlation.targetChannelStep,
      flipped: Number(correlation.flipped),
      workgroupSize,
    },
    workgroups: workgroupsFor(weightTexels(correlation), workgroupSize),
    label: "conv2dPackWeights",
  });
}

/** Whether a convolution has no strides, dilation or groups, and few columns. */
export function isSimple(shape: Conv2dShape): boolean {
  return shape.groups === 1 &&
    shape.strideHeight === 1 && shape.strideWidth === 1 &&
    shape.dilationHeight === 1 && shape.dilationWidth === 1 &&
    shape.kernelWidth <= widestKernel;
}

/** The convolution itself. */
export function forwardCorrelation(shape: Conv2dShape): Correlation {
  const { inChannels, kernelHeight, kernelWidth } = shape;
  return {
    batch: shape.batch,
    sourceChannels: inChannels,
    sourceHeight: shape.inHeight,
    sourceWidth: shape.inWidth,
    targetChannels: shape.outChannels,
    targetHeight: shape.outHeight,
    targetWidth: shape.outWidth,
    kernelHeight,
    kernelWidth,
    top: shape.paddingHeight,
    left: shape.paddingWidth,
    sourceChannelStep: kernelHeight * kernelWidth,
    targetChannelStep: inChannels * kernelHeight * kernelWidth,
    flipped: false,
    ...conv2dCost(shape),
  };
}

/**
 * The gradient with respect to x: a convolution of the output's, the kernel
 * flipped.
 */
export function inputGradientCorrelation(shape: Conv2dShape): Correlation {
  const { inChannels, kernelHeight, kernelWidth } = shape;
  return {
    batch: shape.batch,
    sourceChannels: shape.outChannels,
    sourceHeight: shape.outHeight,
    sourceWidth: shape.outWidth,
    targetChannels: inChannels,
    targetHeight: shape.inHeight,
    targetWidth: shape.inWidth,
    kernelHeight,
    kernelWidth,
    top: kernelHeight - 1 - shape.paddingHeight,
    left: kernelWidth - 1 - shape.paddingWidth,
    sourceChannelStep: inChannels * kernelHeight * kernelWidth,
    targetChannelStep: kernelHeight * kernelWidth,
    flipped: true,
    ...conv2dCost(shape),
  };
}
