import { conv2dSoftwareSource } from "../../../../kernels/conv2d_software.gen.ts";
import { conv2dStripsSource } from "../../../../kernels/conv2d_strips.gen.ts";
import type { Conv2dShape } from "../../../../kernels/shapes.ts";
import type { Operand } from "../../device.ts";
import { type KernelRecord, line, type Run } from "../kernel_record.ts";
import type { Textures } from "../_textures.ts";
import { conv2dCost, type Conv2dVariant, type Convolution } from "./_conv2d.ts";
import { naiveConv2d } from "./conv2d_naive.ts";

/** The most columns that a kernel can have. */
const widestKernel = 5;

/** Channels that one invocation makes. */
const channelGroup = 4;

/** Invocations of a workgroup: two vectors of eight lanes. */
const workgroupSize = 16;

/** Invocations of a workgroup that packs. */
const packSize = 64;

/** A window that slides over images without strides, whatever they stand for. */
interface Pass {
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

/** How the source of a pass is packed. */
interface Strips {
  stripWidth: number;
  strips: number;
  rows: number;
  texels: number;
  bare: boolean;
}

function stripsOf(pass: Pass): Strips {
  const { sourceWidth, targetHeight, targetWidth, kernelHeight } = pass;
  const covered = (width: number) => Math.ceil(targetWidth / width) * width;
  const stripWidth = covered(14) <= covered(16) ? 14 : 16;
  const strips = Math.ceil(targetWidth / stripWidth);
  const bare = stripWidth === 14 && strips === 1 && sourceWidth <= 14 &&
    pass.left === 2;
  return {
    stripWidth,
    strips,
    rows: 2 * Math.ceil(targetHeight / 2) + kernelHeight - 1,
    texels: bare ? 4 : 5,
    bare,
  };
}

function imageTexels(pass: Pass): number {
  const { strips, rows, texels } = stripsOf(pass);
  return pass.batch * pass.sourceChannels * strips * rows * texels;
}

function weightTexels(pass: Pass): number {
  const groups = Math.ceil(pass.targetChannels / channelGroup);
  return groups * pass.sourceChannels * pass.kernelHeight * widestKernel;
}

const packImages: KernelRecord<Pass> = {
  name: "conv2dPackImages",
  source: conv2dStripsSource,
  file: "kernels/conv2d_strips.wgsl",
  entryPoint: "packImages",
  bindings: ["read", "writeTexture"],
  constants(pass) {
    const { stripWidth, strips, rows, texels, bare } = stripsOf(pass);
    return {
      imageHeight: pass.sourceHeight,
      imageWidth: pass.sourceWidth,
      top: pass.top,
      left: bare ? 0 : pass.left,
      stripWidth,
      strips,
      rows,
      texels,
      workgroupSize: packSize,
    };
  },
  workgroups: (pass) => line(imageTexels(pass), packSize),
};

const packWeights: KernelRecord<Pass> = {
  name: "conv2dPackWeights",
  source: conv2dStripsSource,
  file: "kernels/conv2d_strips.wgsl",
  entryPoint: "packWeights",
  bindings: ["read", "writeTexture"],
  constants: (pass) => ({
    sourceChannels: pass.sourceChannels,
    targetChannels: pass.targetChannels,
    kernelHeight: pass.kernelHeight,
    kernelWidth: pass.kernelWidth,
    sourceChannelStep: pass.sourceChannelStep,
    targetChannelStep: pass.targetChannelStep,
    turned: Number(pass.turned),
    workgroupSize: packSize,
  }),
  workgroups: (pass) => line(weightTexels(pass), packSize),
};

/** The kernel that slides the window, for a target of even or odd width. */
function convolve(name: string, parity: "Even" | "Odd"): KernelRecord<Pass> {
  return {
    name,
    source: conv2dSoftwareSource,
    file: "kernels/conv2d_software.wgsl",
    entryPoint: `convolve${parity}`,
    bindings: ["readTexture", "readTexture", "read", "write"],
    constants(pass) {
      const { stripWidth, strips, rows, bare } = stripsOf(pass);
      return {
        sourceChannels: pass.sourceChannels,
        targetChannels: pass.targetChannels,
        targetHeight: pass.targetHeight,
        targetWidth: pass.targetWidth,
        kernelHeight: pass.kernelHeight,
        kernelWidth: pass.kernelWidth,
        stripWidth,
        strips,
        rows,
        bare: Number(bare),
        hasBias: Number(pass.hasBias),
        workgroupSize,
      };
    },
    workgroups(pass) {
      const { strips } = stripsOf(pass);
      const tiles = pass.batch * Math.ceil(pass.targetHeight / 2) * strips;
      const [y, z] = line(tiles, workgroupSize);
      return [Math.ceil(pass.targetChannels / channelGroup), y, z];
    },
    passes: ({ sourceChannels, kernelHeight }) => sourceChannels * kernelHeight,
    cost: ({ operations }) => ({ operations }),
  };
}

/**
 * The convolution for adapters that are a processor; without strides and
 * dilation, and with kernels of at most five columns.
 */
export function softwareConv2d(run: Run, textures: Textures): Conv2dVariant {
  /** Packs images and weights, and slides the window over them. */
  function slide(
    kernel: keyof Convolution,
    pass: Pass,
    source: Operand,
    weight: Operand,
    bias: Operand,
    target: Operand,
  ): void {
    const images = textures.get("images", imageTexels(pass));
    const weights = textures.get("weights", weightTexels(pass));
    run(packImages, pass, [source, images]);
    run(packWeights, pass, [weight, weights]);
    const parity = pass.targetWidth % 2 === 0 ? "Even" : "Odd";
    run(convolve(kernel, parity), pass, [images, weights, bias, target]);
  }
  return {
    ...naiveConv2d(run),
    supports(kernel, shape) {
      if (kernel === "conv2dWeightGradient" || !isPlain(shape)) return false;
      const pass = kernel === "conv2dForward"
        ? forwardPass(shape, false)
        : inputGradientPass(shape);
      return Math.max(imageTexels(pass), weightTexels(pass)) <= textures.limit;
    },
    conv2dForward(x, weight, bias, output, shape) {
      const pass = forwardPass(shape, bias !== null);
      slide("conv2dForward", pass, x, weight, bias ?? weight, output);
    },
    conv2dInputGradient(gradOutput, weight, gradX, shape) {
      const pass = inputGradientPass(shape);
      slide("conv2dInputGradient", pass, gradOutput, weight, weight, gradX);
    },
  };
}

function isPlain(shape: Conv2dShape): boolean {
  return shape.strideHeight === 1 && shape.strideWidth === 1 &&
    shape.dilationHeight === 1 && shape.dilationWidth === 1 &&
    shape.kernelWidth <= widestKernel;
}

function forwardPass(shape: Conv2dShape, hasBias: boolean): Pass {
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
function inputGradientPass(shape: Conv2dShape): Pass {
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
