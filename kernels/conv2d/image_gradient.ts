import { type CpuTraits, Scratch, type WasmCall } from "../kernel.ts";
import { threadMemory } from "../lib/thread_memory.ts";
import {
  conv2dCost,
  type Conv2dShape,
  type InputGradientOperands,
  multiplications,
} from "./shape.ts";
import * as simd from "./simd.gen.ts";

/** Images that are in lanes at a time. */
const lanes = 8;

/** Images from which on there is work for some threads. */
const leastBatch = 4 * lanes;

/** Bytes of eight images' gradients that stay in a processor's cache. */
const mostBytes = 2 ** 19;

/** The share of the direct form's products from which on it is as fast. */
const mostShare = 0.6;

/** The gradient of a convolution with respect to x, with images in lanes. */
export function imageGradient(
  { bias, gradOutput, gradX, weight }: InputGradientOperands,
  shape: Conv2dShape,
  cpu: CpuTraits,
): readonly WasmCall[] {
  const { batch, inChannels, inHeight, inWidth } = shape;
  const { outChannels, outHeight, outWidth } = shape;
  const { kernelHeight, kernelWidth, paddingHeight, paddingWidth } = shape;
  const taps = kernelHeight * kernelWidth;
  const fours = Math.ceil(inChannels / 4);
  const packed = new Scratch(fours * 4 * outChannels * taps);
  const bytes = Math.ceil(inWidth * 12 / 64) * 64 +
    fours * 4 * inWidth * lanes * 4 + bytesOf(shape);
  return [
    simd.conv2dPackReversed(
      { weight, packed, inChannels, outChannels, taps },
      { label: "conv2dPackWeights" },
    ),
    simd.conv2dImageGradient({
      gradOutput,
      packed,
      bias,
      gradX,
      ...threadMemory(cpu, bytes),
      batch,
      inChannels,
      inHeight,
      inWidth,
      outChannels,
      outHeight,
      outWidth,
      kernelHeight,
      kernelWidth,
      paddingHeight,
      paddingWidth,
    }, { work: multiplications(shape), cost: conv2dCost(shape) }),
  ];
}

/**
 * Whether it is faster than the direct form, whose vectors of pixels multiply by
 * what pads the gradient and reach over the ends of rows. Processor time by that
 * form's, one thread of an AMD EPYC (Zen 5): 0.49 for 16 channels of 10×10 to 6 of
 * 14×14 by a 5×5 kernel, 1.2 where little is padding. Strides, in phases as those of
 * the direct form, gained nothing.
 */
export function suitsImages(shape: Conv2dShape): boolean {
  const share = shape.outHeight / shape.inHeight * shape.outWidth /
    (Math.ceil(shape.inWidth / 4) * 4);
  return shape.groups === 1 && shape.batch >= leastBatch &&
    shape.strideHeight === 1 && shape.strideWidth === 1 &&
    shape.dilationHeight === 1 && shape.dilationWidth === 1 &&
    share < mostShare && bytesOf(shape) <= mostBytes;
}

/** Bytes of eight images' gradients. */
function bytesOf({ outChannels, outHeight, outWidth }: Conv2dShape): number {
  return outChannels * outHeight * outWidth * lanes * 4;
}
