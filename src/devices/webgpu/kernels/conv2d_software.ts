import { conv2dSoftwareSource } from "../../../../kernels/conv2d_software.gen.ts";
import { conv2dStripsSource } from "../../../../kernels/conv2d_strips.gen.ts";
import type { Scratch } from "../../scratch.ts";
import type { Operand } from "../../device.ts";
import { type KernelRecord, line, type Run } from "../kernel_record.ts";
import type { Textures } from "../_textures.ts";
import type { Conv2dVariant, Convolution } from "./_conv2d.ts";
import { softwareWeightGradient } from "./conv2d_software_weight_gradient.ts";
import {
  forwardPass,
  inputGradientPass,
  isBare,
  isPlain,
  packImages,
  packSize,
  type Pass,
  sourceStrips,
  texelsOf,
  widestKernel,
} from "./_strips.ts";

/** Channels that one invocation makes. */
const channelGroup = 4;

/** Invocations of a workgroup: two vectors of eight lanes. */
const workgroupSize = 16;

function weightTexels(pass: Pass): number {
  const groups = Math.ceil(pass.targetChannels / channelGroup);
  return groups * pass.sourceChannels * pass.kernelHeight * widestKernel;
}

const packWeights: KernelRecord<Pass> = {
  name: "conv2dPackWeights",
  source: conv2dStripsSource,
  file: "kernels/conv2d_strips.wgsl",
  entryPoint: "packWeights",
  bindings: ["read", "writeTexture"],
  halves: { Value: 0 },
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
    halves: { Target: 3 },
    constants(pass) {
      const { stripWidth, strips, rows } = sourceStrips(pass);
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
        bare: Number(isBare(pass)),
        hasBias: Number(pass.hasBias),
        workgroupSize,
      };
    },
    workgroups(pass) {
      const { strips } = sourceStrips(pass);
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
export function softwareConv2d(
  run: Run,
  textures: Textures,
  scratch: Scratch,
): Conv2dVariant {
  const weightGradient = softwareWeightGradient(run, textures, scratch);

  /** Packs images and weights, and slides the window over them. */
  function slide(
    kernel: keyof Convolution,
    pass: Pass,
    source: Operand,
    weight: Operand,
    bias: Operand,
    target: Operand,
  ): void {
    const strips = sourceStrips(pass);
    const images = textures.get("images", texelsOf(strips));
    const weights = textures.get("weights", weightTexels(pass));
    run(packImages, strips, [source, images]);
    run(packWeights, pass, [weight, weights]);
    const parity = pass.targetWidth % 2 === 0 ? "Even" : "Odd";
    run(convolve(kernel, parity), pass, [images, weights, bias, target]);
  }
  return {
    supports(kernel, shape) {
      if (!isPlain(shape)) return false;
      if (kernel === "conv2dWeightGradient") {
        return weightGradient.supports(shape);
      }
      const pass = kernel === "conv2dForward"
        ? forwardPass(shape, false)
        : inputGradientPass(shape);
      const texels = [texelsOf(sourceStrips(pass)), weightTexels(pass)];
      return Math.max(...texels) <= textures.limit;
    },
    conv2dForward(x, weight, bias, output, shape) {
      const pass = forwardPass(shape, bias !== null);
      slide("conv2dForward", pass, x, weight, bias ?? weight, output);
    },
    conv2dInputGradient(gradOutput, weight, gradX, shape) {
      const pass = inputGradientPass(shape);
      slide("conv2dInputGradient", pass, gradOutput, weight, gradOutput, gradX);
    },
    conv2dWeightGradient: weightGradient.run,
  };
}
