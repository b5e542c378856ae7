import type { Conv2dShape } from "../../../../kernels/shapes.ts";
import type { Kernels } from "../../kernels.ts";
import type { Run } from "../kernel_record.ts";
import type { Textures } from "../_textures.ts";
import { channelSum } from "./_channel_sum.ts";
import type { Convolution } from "./_conv2d.ts";
import { naiveConv2d } from "./conv2d_naive.ts";
import { softwareConv2d } from "./conv2d_software.ts";

/**
 * Ways of doing a convolution: `naive` takes every shape, and what another one
 * does not take; `software` is made for adapters that are a processor.
 */
export type ConvolutionVariant = "naive" | "software";

/** All of them. */
export const variants: readonly ConvolutionVariant[] = ["naive", "software"];

/** What decides between the variants. */
export interface Conv2dOptions {
  /** The variant to use where it can. */
  readonly variant: ConvolutionVariant;
  /** Where one kernel leaves what the next reads. */
  readonly textures: Textures;
}

const biasGradient = channelSum("conv2dBiasGradient");

/** Convolution in two dimensions and its gradients. */
export function conv2dKernels(
  run: Run,
  { variant, textures }: Conv2dOptions,
): Pick<Kernels, keyof Convolution | "conv2dBiasGradient"> {
  const naive = naiveConv2d(run);
  const preferred = { naive, software: softwareConv2d(run, textures) }[variant];
  const choose = (kernel: keyof Convolution, shape: Conv2dShape) =>
    preferred.supports(kernel, shape) ? preferred : naive;
  return {
    conv2dForward(x, weight, bias, output, shape) {
      choose("conv2dForward", shape)
        .conv2dForward(x, weight, bias, output, shape);
    },
    conv2dInputGradient(gradOutput, weight, gradX, shape) {
      choose("conv2dInputGradient", shape)
        .conv2dInputGradient(gradOutput, weight, gradX, shape);
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
}
