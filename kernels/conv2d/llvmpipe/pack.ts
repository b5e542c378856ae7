import {
  type Dispatch,
  dispatch,
  type Operand,
  Scratch,
  Texture,
  workgroupsFor,
} from "../../kernel.ts";
import { conv2dCost, type Conv2dShape } from "../shape.ts";
import * as wgsl from "./pack.gen.ts";

/** The most columns that a window can have. */
export const widestWindow = 5;

/** Channels that one invocation makes. */
const channelGroup = 4;

/** Invocations of a workgroup that packs images. */
const workgroupSize = 64;

/** Invocations of a workgroup that packs weights, which are fewer: one vector. */
const weightsWorkgroupSize = 8;

/**
 * A window that slides over images without strides, whatever they stand for. A
 * window with a stride is one without over the phases of its images: of every
 * so many rows and columns one, from the first on, from the second on, and so
 * on. Where x is the source, its phases are channels of it; where it is the
 * target, channels of that.
 */
export interface Correlation {
  /** Images in the batch. */
  readonly batch: number;
  readonly sourceChannels: number;
  /** Of the images before they are divided into phases. */
  readonly sourceHeight: number;
  readonly sourceWidth: number;
  readonly targetChannels: number;
  readonly targetHeight: number;
  readonly targetWidth: number;
  /** Of the window that slides over the phases. */
  readonly windowHeight: number;
  readonly windowWidth: number;
  /** Rows and columns of zeros before the first of the source. */
  readonly top: number;
  readonly left: number;
  /** How the source is divided into phases. */
  readonly sourcePhases: Phases;
  /** Where the weights are. */
  readonly weights: Weights;
  /** Its cost, for the profile. */
  readonly operations: number;
}

/** Strides, and as many phases as a kernel reaches. */
interface Phases {
  readonly strideHeight: number;
  readonly strideWidth: number;
  readonly phaseRows: number;
  readonly phaseColumns: number;
}

/** What `pack.wgsl` knows of the weights, but for the correlation's sizes. */
interface Weights extends Phases {
  readonly kernelHeight: number;
  readonly kernelWidth: number;
  readonly sourceChannelStep: number;
  readonly targetChannelStep: number;
  readonly paddingHeight: number;
  readonly paddingWidth: number;
  readonly leadHeight: number;
  readonly leadWidth: number;
  /** Whether the kernel is flipped along both axes. */
  readonly flipped: number;
}

const onePhase: Phases = {
  strideHeight: 1,
  strideWidth: 1,
  phaseRows: 1,
  phaseColumns: 1,
};

/** Images packed into tiles of rows, each with rows of texels. */
export interface RowTiles extends Phases {
  /** Of all phases. */
  readonly planes: number;
  readonly height: number;
  readonly width: number;
  /** Rows and columns of zeros before the first of the image. */
  readonly top: number;
  readonly left: number;
  /** Columns from one row tile to the next: 8, 14 or 16. */
  readonly rowTileWidth: number;
  readonly rowTiles: number;
  readonly rows: number;
  readonly texels: number;
}

/** How the source is packed: with what windows over a row tile reach. */
export function sourceTiles(correlation: Correlation): RowTiles {
  const columns = columnsOf(correlation);
  return {
    planes: correlation.batch * correlation.sourceChannels,
    height: correlation.sourceHeight,
    width: correlation.sourceWidth,
    top: correlation.top,
    left: correlation.left,
    ...correlation.sourcePhases,
    ...columns,
    rows: 2 * Math.ceil(correlation.targetHeight / 2) +
      correlation.windowHeight - 1,
    texels: Math.ceil(
      (columns.rowTileWidth + correlation.windowWidth - 1) / 4,
    ),
  };
}

/**
 * How a gradient with respect to the target is packed: as for that with respect to
 * x where this has the same row tiles, so that it is packed once for both.
 */
export function gradientTiles(shape: Conv2dShape): RowTiles {
  const own = targetTiles(forwardCorrelation(shape));
  const other = sourceTiles(inputGradientCorrelation(shape));
  const isSame = shape.strideHeight * shape.strideWidth === 1 &&
    Math.min(other.top, other.left) >= 0 &&
    own.rowTileWidth === other.rowTileWidth && own.rowTiles === other.rowTiles;
  return isSame ? other : own;
}

function targetTiles(correlation: Correlation): RowTiles {
  const columns = columnsOf(correlation);
  return {
    planes: correlation.batch * correlation.targetChannels,
    height: correlation.targetHeight,
    width: correlation.targetWidth,
    top: 0,
    left: 0,
    ...onePhase,
    ...columns,
    rows: correlation.targetHeight,
    texels: columns.rowTileWidth === 8 ? 2 : 4,
  };
}

function columnsOf({ targetWidth }: Correlation) {
  const covered = (width: number) => Math.ceil(targetWidth / width) * width;
  const rowTileWidth = targetWidth <= 8
    ? 8
    : covered(14) <= covered(16)
    ? 14
    : 16;
  return { rowTileWidth, rowTiles: Math.ceil(targetWidth / rowTileWidth) };
}

/** Texels of packed images. */
export function texelsOf({ planes, rows, rowTiles, texels }: RowTiles): number {
  return planes * rowTiles * rows * texels;
}

/** Texels of packed weights. */
export function weightTexels(correlation: Correlation): number {
  const groups = Math.ceil(correlation.targetChannels / channelGroup);
  return groups * correlation.sourceChannels * windowOf(correlation);
}

/** Elements of a window. */
function windowOf({ windowHeight, windowWidth }: Correlation): number {
  return windowHeight * windowWidth;
}

/** Texels up to which packed images have a texture of their layout alone. */
const keptTexels = 2 ** 20;

/**
 * The texture of packed images. Where it is not large, those of another layout
 * have another, so that what a forward pass has packed is there for the gradient.
 *
 * @param name `images`, or `gradients` of them.
 */
export function packedTexture(name: string, tiles: RowTiles): Texture {
  const texels = texelsOf(tiles);
  const layout = isKept(tiles) ? ` ${Object.values(tiles)}` : "";
  return new Texture(name + layout, texels);
}

function isKept(tiles: RowTiles): boolean {
  return texelsOf(tiles) <= keptTexels;
}

/** Images into a texture, in row tiles. */
export function packImages(
  values: Operand,
  layout: RowTiles,
  packed: Texture,
): Dispatch {
  const { height, planes, rows, rowTiles, width, ...tiles } = layout;
  const options = {
    constants: {
      ...tiles,
      planes,
      imageHeight: height,
      imageWidth: width,
      rowTiles,
      rows,
      workgroupSize,
    },
    workgroups: workgroupsFor(planes * rowTiles * rows, workgroupSize),
    keeps: isKept(layout),
    label: "conv2dPackImages",
  };
  const hasFours = tiles.strideHeight * tiles.strideWidth === 1 &&
    values.buffer.length % 4 === 0;
  return hasFours
    ? dispatch(wgsl.packFours, { ...options, bind: { fours: values, packed } })
    : dispatch(wgsl.packImages, { ...options, bind: { values, packed } });
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
      ...correlation.weights,
      sourceChannels: correlation.sourceChannels,
      targetChannels: correlation.targetChannels,
      windowHeight: correlation.windowHeight,
      windowWidth: correlation.windowWidth,
      workgroupSize: weightsWorkgroupSize,
    },
    workgroups: workgroupsFor(
      weightTexels(correlation) / windowOf(correlation),
      weightsWorkgroupSize,
    ),
    iterations: windowOf(correlation),
    label: "conv2dPackWeights",
  });
}

/**
 * What is bound where there is no bias. A large buffer would be copied into a
 * texture, and read by another pipeline.
 */
export function noBias(): Scratch {
  return new Scratch(1);
}

/** Whether a convolution has no dilation or groups, and its window few columns. */
export function isSimple(
  { dilationHeight, dilationWidth, groups }: Conv2dShape,
  { windowWidth }: Correlation,
): boolean {
  return groups === 1 && dilationHeight === 1 && dilationWidth === 1 &&
    windowWidth <= widestWindow;
}

function phasesOf(shape: Conv2dShape): Phases {
  const { kernelHeight, kernelWidth, strideHeight, strideWidth } = shape;
  return {
    strideHeight,
    strideWidth,
    phaseRows: Math.min(strideHeight, kernelHeight),
    phaseColumns: Math.min(strideWidth, kernelWidth),
  };
}

/** The convolution itself. */
export function forwardCorrelation(shape: Conv2dShape): Correlation {
  const { inChannels, kernelHeight, kernelWidth } = shape;
  const phases = phasesOf(shape);
  return {
    batch: shape.batch,
    sourceChannels: inChannels * phases.phaseRows * phases.phaseColumns,
    sourceHeight: shape.inHeight,
    sourceWidth: shape.inWidth,
    targetChannels: shape.outChannels,
    targetHeight: shape.outHeight,
    targetWidth: shape.outWidth,
    windowHeight: Math.ceil(kernelHeight / shape.strideHeight),
    windowWidth: Math.ceil(kernelWidth / shape.strideWidth),
    top: shape.paddingHeight,
    left: shape.paddingWidth,
    sourcePhases: phases,
    weights: {
      ...phases,
      kernelHeight,
      kernelWidth,
      sourceChannelStep: kernelHeight * kernelWidth,
      targetChannelStep: inChannels * kernelHeight * kernelWidth,
      paddingHeight: 0,
      paddingWidth: 0,
      leadHeight: 0,
      leadWidth: 0,
      flipped: 0,
    },
    ...conv2dCost(shape),
  };
}

/**
 * The gradient with respect to x: a convolution of the output's, the kernel
 * flipped. Its target are the phases of x: `phases.ts` makes x of them.
 */
export function inputGradientCorrelation(shape: Conv2dShape): Correlation {
  const { inChannels, kernelHeight, kernelWidth, outChannels } = shape;
  const { paddingHeight, paddingWidth, strideHeight, strideWidth } = shape;
  const phases = phasesOf(shape);
  const rows = flippedWindow(kernelHeight, strideHeight, paddingHeight);
  const columns = flippedWindow(kernelWidth, strideWidth, paddingWidth);
  return {
    batch: shape.batch,
    sourceChannels: outChannels,
    sourceHeight: shape.outHeight,
    sourceWidth: shape.outWidth,
    targetChannels: inChannels * phases.phaseRows * phases.phaseColumns,
    targetHeight: Math.ceil(shape.inHeight / strideHeight),
    targetWidth: Math.ceil(shape.inWidth / strideWidth),
    windowHeight: rows.size,
    windowWidth: columns.size,
    top: rows.lead,
    left: columns.lead,
    sourcePhases: onePhase,
    weights: {
      ...phases,
      kernelHeight,
      kernelWidth,
      sourceChannelStep: inChannels * kernelHeight * kernelWidth,
      targetChannelStep: kernelHeight * kernelWidth,
      paddingHeight,
      paddingWidth,
      leadHeight: rows.lead,
      leadWidth: columns.lead,
      flipped: 1,
    },
    ...conv2dCost(shape),
  };
}

/**
 * The window over a gradient that all phases of x see along an axis: its size,
 * and how many of its elements lie before the first of the gradient.
 */
function flippedWindow(kernel: number, stride: number, padding: number) {
  const phases = Array.from(
    { length: Math.min(kernel, stride) },
    (_, phase) => ({
      late: Math.ceil((Math.max(padding, phase) - phase) / stride),
      taps: Math.ceil((kernel - phase) / stride),
    }),
  );
  const lead = Math.max(...phases.map(({ late, taps }) => taps - 1 - late));
  const last = Math.max(...phases.map(({ late }) => late));
  return { lead, size: last + lead + 1 };
}
