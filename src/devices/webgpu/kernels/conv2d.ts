import type { Conv2dShape } from "../../../../kernels/shapes.ts";
import { Between, type Scratch } from "../../_scratch.ts";
import type { Operand, Precision } from "../../device.ts";
import type { Kernels } from "../../kernels.ts";
import { cast } from "../_half.ts";
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
  /** What kernels read in place of a weight: a copy in the device's precision. */
  const copyOf = (weight: Operand) => {
    const { length } = weight.buffer;
    const copy = new Between(scratch, "f32", length, "activation");
    cast(run, weight, copy);
    return copy;
  };
  const kernels: Convolutions["kernels"] = {
    conv2dForward(x, weight, bias, output, shape) {
      const variant = choose("conv2dForward", shape);
      using copy = precision === "f16" ? copyOf(weight) : null;
      variant.conv2dForward(x, copy ?? weight, bias, output, shape);
    },
    conv2dInputGradient(gradOutput, weight, gradX, shape) {
      const variant = choose("conv2dInputGradient", shape);
      using copy = precision === "f16" ? copyOf(weight) : null;
      variant.conv2dInputGradient(gradOutput, copy ?? weight, gradX, shape);
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
      const variant = choose("conv2dForward", shape);
      if (variant.forwardWithMoments === undefined) return null;
      using copy = precision === "f16" ? copyOf(weight) : null;
      const given = [x, copy ?? weight, bias, output, batches] as const;
      return variant.forwardWithMoments(...given, shape);
    },
  };
}
