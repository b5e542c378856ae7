import { conv2dSoftwareWeightGradientSource } from "../../../../kernels/conv2d_software_weight_gradient.gen.ts";
import type { Conv2dShape } from "../../../../kernels/shapes.ts";
import { Between, type Scratch } from "../../scratch.ts";
import type { Operand } from "../../device.ts";
import { type KernelRecord, line, type Run } from "../kernel_record.ts";
import type { Textures } from "../_textures.ts";
import {
  forwardPass,
  isBare,
  packImages,
  type Pass,
  sourceStrips,
  targetStrips,
  texelsOf,
} from "./_strips.ts";
import { sumOfParts } from "./_sum_of_parts.ts";

/** The most rows that a kernel can have. */
const highestKernel = 5;

/** Target channels that one invocation makes. */
const channelGroup = 4;

/** Invocations of a workgroup: the lanes of a vector. */
const workgroupSize = 8;

/** Invocations that keep several cores busy; more make more parts to add. */
const enough = 128;

const sum = sumOfParts("conv2dWeightGradientSum");

const weightGradient: KernelRecord<Pass> = {
  name: "conv2dWeightGradient",
  source: conv2dSoftwareWeightGradientSource,
  file: "kernels/conv2d_software_weight_gradient.wgsl",
  entryPoint: "weightGradient",
  bindings: ["readTexture", "readTexture", "write"],
  constants(pass) {
    const { stripWidth, strips, rows } = sourceStrips(pass);
    return {
      batch: pass.batch,
      sourceChannels: pass.sourceChannels,
      targetChannels: pass.targetChannels,
      targetHeight: pass.targetHeight,
      kernelHeight: pass.kernelHeight,
      kernelWidth: pass.kernelWidth,
      stripWidth,
      strips,
      rows,
      bare: Number(isBare(pass)),
      imagesPerPart: imagesPerPart(pass),
      workgroupSize,
    };
  },
  workgroups: (pass) => line(tilesOf(pass) * partsOf(pass), workgroupSize),
  passes(pass) {
    const { strips } = sourceStrips(pass);
    return imagesPerPart(pass) * strips * pass.targetHeight;
  },
  cost: ({ operations }) => ({ operations }),
};

/** The gradient by the weight, in parts that are added in a fixed order. */
export function softwareWeightGradient(
  run: Run,
  textures: Textures,
  scratch: Scratch,
) {
  return {
    /** Whether it can: its kernel has few rows, and what it reads has room. */
    supports(shape: Conv2dShape): boolean {
      const pass = forwardPass(shape, false);
      const texels = [sourceStrips(pass), targetStrips(pass)].map(texelsOf);
      return shape.kernelHeight <= highestKernel &&
        Math.max(...texels) <= textures.limit;
    },
    /** Packs images and gradient, and multiplies them. */
    run(
      gradOutput: Operand,
      x: Operand,
      gradWeight: Operand,
      shape: Conv2dShape,
    ): void {
      const pass = forwardPass(shape, false);
      const [source, target] = [sourceStrips(pass), targetStrips(pass)];
      const images = textures.get("images", texelsOf(source));
      const gradients = textures.get("gradients", texelsOf(target));
      run(packImages, source, [x, images]);
      run(packImages, target, [gradOutput, gradients]);
      const parts = partsOf(pass);
      if (parts === 1) {
        return run(weightGradient, pass, [images, gradients, gradWeight]);
      }
      const { length } = gradWeight.buffer;
      using sums = new Between(scratch, "f32", parts * length);
      run(weightGradient, pass, [images, gradients, sums]);
      run(sum, length, [sums, gradWeight]);
    },
  };
}

function tilesOf({ sourceChannels, targetChannels }: Pass): number {
  return sourceChannels * Math.ceil(targetChannels / channelGroup);
}

function imagesPerPart(pass: Pass): number {
  return Math.max(1, Math.floor(pass.batch * tilesOf(pass) / enough));
}

function partsOf(pass: Pass): number {
  return Math.ceil(pass.batch / imagesPerPart(pass));
}
