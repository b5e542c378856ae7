import type { Conv2dShape } from "../../../../kernels/shapes.ts";
import { Between, type Scratch } from "../../scratch.ts";
import type { Operand, Precision } from "../../device.ts";
import type { Kernels } from "../../kernels.ts";
import { castElements } from "../../../../kernels/cast/cast.ts";
import type { Run } from "../kernel_record.ts";
import type { Textures } from "../_textures.ts";
import { channelSum } from "./_channel_sum.ts";
import type {
  Conv2dVariant,
  Convolution,
  ForwardWithMoments,
} from "./_conv2d.ts";
import { naiveConv2d } from "./conv2d_naive.ts";
import { softwareConv2d } from "./conv2d_software.ts";
import { tiledConv2d } from "./conv2d_tiled.ts";

/**
 * Ways of doing a convolution: `naive` takes every shape, and what another one
 * does not take; `software` is made for adapters that are a processor, `tiled`
 * for GPUs.
 */
export type ConvolutionVariant = "naive" | "software" | "tiled";

/** All of them. */
export const variants: readonly ConvolutionVariant[] = [
  "naive",
  "software",
  "tiled",
];

/** What decides between the variants. */
export interface Conv2dOptions {
  /** The variant of a kernel to use where it can. */
  readonly variantOf: (kernel: keyof Convolution) => ConvolutionVariant;
  /** How copies of weights are stored that are read in place of them. */
  readonly precision: Precision;
  /** Where one kernel leaves what the next reads. */
  readonly textures: Textures;
  /** Is told which variant does a kernel, whenever one is called. */
  readonly onVariant: (
    kernel: keyof Convolution,
    variant: ConvolutionVariant,
  ) => void;
}

const biasGradient = channelSum("conv2dBiasGradient");

/** Convolution in two dimensions and its gradients. */
export interface Convolutions {
  readonly kernels: Pick<Kernels, keyof Convolution | "conv2dBiasGradient">;
  /** Null where the variant makes no moments in passing, or not of this shape. */
  readonly forwardWithMoments: ForwardWithMoments;
}

/** Convolutions by the variants that are chosen. */
export function convolutions(
  run: Run,
  scratch: Scratch,
  { onVariant, precision, textures, variantOf }: Conv2dOptions,
): Convolutions {
  const naive = naiveConv2d(run);
  const all: Record<ConvolutionVariant, Conv2dVariant> = {
    naive,
    software: softwareConv2d(run, textures, scratch),
    tiled: tiledConv2d(run, scratch),
  };
  const choose = (kernel: keyof Convolution, shape: Conv2dShape) => {
    const wanted = variantOf(kernel);
    const variant = all[wanted].supports(kernel, shape) ? wanted : "naive";
    onVariant(kernel, variant);
    return all[variant];
  };
  /** Lets kernels read a weight: in f16 a copy of it. */
  const reading = <T>(weight: Operand, use: (weight: Operand) => T): T => {
    if (precision === "f32") return use(weight);
    const { length } = weight.buffer;
    using copy = new Between(scratch, "f32", length, "activation");
    scratch.run(castElements, { x: weight, output: copy });
    return use(copy);
  };
  const kernels: Convolutions["kernels"] = {
    conv2dForward(x, weight, bias, output, shape) {
      const variant = choose("conv2dForward", shape);
      reading(
        weight,
        (weight) => variant.conv2dForward(x, weight, bias, output, shape),
      );
    },
    conv2dInputGradient(gradOutput, weight, gradX, shape) {
      const variant = choose("conv2dInputGradient", shape);
      reading(
        weight,
        (weight) =>
          variant.conv2dInputGradient(gradOutput, weight, gradX, shape),
      );
    },
    conv2dWeightGradient(gradOutput, x, gradWeight, shape) {
      choose("conv2dWeightGradient", shape)
        .conv2dWeightGradient(gradOutput, x, gradWeight, shape);
    },
    conv2dBiasGradient(gradOutput, gradBias, shape) {
      const { batch, outChannels: channels, outHeight, outWidth } = shape;
      const area = outHeight * outWidth;
      run(biasGradient, { batch, channels, area }, [gradOutput, gradBias]);
    },
  };
  return {
    kernels,
    forwardWithMoments(x, weight, bias, output, batches, shape) {
      const { forwardWithMoments } = choose("conv2dForward", shape);
      if (forwardWithMoments === undefined) return null;
      return reading(
        weight,
        (weight) => forwardWithMoments(x, weight, bias, output, batches, shape),
      );
    },
  };
}
