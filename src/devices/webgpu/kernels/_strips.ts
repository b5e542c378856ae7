import { conv2dStripsSource } from "../../../../kernels/conv2d_strips.gen.ts";
import type { Conv2dShape } from "../../../../kernels/shapes.ts";
import { type KernelRecord, line } from "../kernel_record.ts";
import { conv2dCost } from "./_conv2d.ts";

/** The most columns that a kernel can have. */
export const widestKernel = 5;

/** Invocations of a workgroup that packs. */
export const packSize = 64;

/** A window that slides over images without strides, whatever they stand for. */
export interface Pass {
  /** Images in the batch. */
  batch: number;
  sourceChannels: number;
  sourceHeight: number;
  sourceWidth: number;
  targetChannels: number;
  targetHeight: number;
  targetWidth: number;
  kernelHeight: number;
  kernelWidth: number;
  /** Rows and columns of zeros before the first of the source. */
  top: number;
  left: number;
  sourceChannelStep: number;
  targetChannelStep: number;
  /** Whether the kernel is turned by half a turn. */
  turned: boolean;
  hasBias: boolean;
  /** What it costs, for the profile. */
  operations: number;
}

/** Images packed into strips of columns, each with rows of texels. */
export interface Strips {
  planes: number;
  height: number;
  width: number;
  /** Rows and columns of zeros before the first of the image. */
  top: number;
  left: number;
  /** Columns from one strip to the next: 14 or 16. */
  stripWidth: number;
  strips: number;
  rows: number;
  texels: number;
}

/** Whether a window's padding of two columns is left out of the only strip. */
export function isBare(pass: Pass): boolean {
  const { stripWidth, strips } = columnsOf(pass);
  return stripWidth === 14 && strips === 1 && pass.sourceWidth <= 14 &&
    pass.left === 2;
}

/** How the source of a pass is packed: with what windows over a strip reach. */
export function sourceStrips(pass: Pass): Strips {
  const isBareStrip = isBare(pass);
  return {
    planes: pass.batch * pass.sourceChannels,
    height: pass.sourceHeight,
    width: pass.sourceWidth,
    top: pass.top,
    left: isBareStrip ? 0 : pass.left,
    ...columnsOf(pass),
    rows: 2 * Math.ceil(pass.targetHeight / 2) + pass.kernelHeight - 1,
    texels: isBareStrip ? 4 : 5,
  };
}

/** How a gradient by the target of a pass is packed. */
export function targetStrips(pass: Pass): Strips {
  return {
    planes: pass.batch * pass.targetChannels,
    height: pass.targetHeight,
    width: pass.targetWidth,
    top: 0,
    left: 0,
    ...columnsOf(pass),
    rows: pass.targetHeight,
    texels: 4,
  };
}

function columnsOf({ targetWidth }: Pass) {
  const covered = (width: number) => Math.ceil(targetWidth / width) * width;
  const stripWidth = covered(14) <= covered(16) ? 14 : 16;
  return { stripWidth, strips: Math.ceil(targetWidth / stripWidth) };
}

/** Texels of all strips. */
export function texelsOf({ planes, rows, strips, texels }: Strips): number {
  return planes * strips * rows * texels;
}

/** Images into a texture, in strips. */
export const packImages: KernelRecord<Strips> = {
  name: "conv2dPackImages",
  source: conv2dStripsSource,
  file: "kernels/conv2d_strips.wgsl",
  entryPoint: "packImages",
  bindings: ["read", "writeTexture"],
  halves: { Value: 0 },
  constants: ({ height, width, top, left, ...packed }) => ({
    imageHeight: height,
    imageWidth: width,
    top,
    left,
    stripWidth: packed.stripWidth,
    strips: packed.strips,
    rows: packed.rows,
    texels: packed.texels,
    workgroupSize: packSize,
  }),
  workgroups: ({ planes, strips, rows }) =>
    line(planes * strips * rows, packSize),
};

/** Whether a convolution has no strides, no dilation, and few columns. */
export function isPlain(shape: Conv2dShape): boolean {
  return shape.strideHeight === 1 && shape.strideWidth === 1 &&
    shape.dilationHeight === 1 && shape.dilationWidth === 1 &&
    shape.kernelWidth <= widestKernel;
}

/** The convolution itself. */
export function forwardPass(shape: Conv2dShape, hasBias: boolean): Pass {
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
    turned: false,
    hasBias,
    ...conv2dCost(shape),
  };
}

/** The gradient by x is a convolution of the output's, the kernel turned. */
export function inputGradientPass(shape: Conv2dShape): Pass {
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
    turned: true,
    hasBias: false,
    ...conv2dCost(shape),
  };
}
