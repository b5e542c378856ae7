import type { Conv2dShape } from "../../../kernels/shapes.ts";
import { Between } from "../scratch.ts";
import type { Device } from "../device.ts";
import type { Convolution } from "./kernels/_conv2d.ts";
import type { ConvolutionVariant } from "./kernels/conv2d.ts";

/** The variant of each kernel of the convolution. */
export type Choice = Readonly<Record<keyof Convolution, ConvolutionVariant>>;

/** A convolution like a network's: long enough to tell variants apart. */
const shape: Conv2dShape = {
  batch: 32,
  inChannels: 16,
  inHeight: 14,
  inWidth: 14,
  outChannels: 32,
  outHeight: 14,
  outWidth: 14,
  kernelHeight: 5,
  kernelWidth: 5,
  strideHeight: 1,
  strideWidth: 1,
  paddingHeight: 2,
  paddingWidth: 2,
  dilationHeight: 1,
  dilationWidth: 1,
};

/** Runs of which the fastest counts. */
const runs = 2;

/** What may be fastest on a GPU. */
const candidates: readonly ConvolutionVariant[] = ["tiled", "naive"];

/** What was measured in this process, by adapter. */
const known = new Map<string, Choice>();

/** The same variant for all kernels. */
export function always(variant: ConvolutionVariant): Choice {
  return {
    conv2dForward: variant,
    conv2dInputGradient: variant,
    conv2dWeightGradient: variant,
  };
}

/**
 * The fastest variant of each kernel: measured once a process and adapter.
 *
 * @param adapter What the adapter is known by.
 * @param time Runs a kernel by a variant, and gives how long that took.
 */
export async function fastest(
  adapter: string,
  time: (
    kernel: keyof Convolution,
    variant: ConvolutionVariant,
  ) => Promise<number>,
): Promise<Choice> {
  const before = known.get(adapter);
  if (before !== undefined) return before;
  const choice = { ...always("tiled") };
  for (const kernel of Object.keys(choice) as (keyof Convolution)[]) {
    let least = Infinity;
    for (const variant of candidates) {
      // The first run is the one that compiles.
      const times = [];
      for (let run = 0; run <= runs; run++) {
        times.push(await time(kernel, variant));
      }
      const own = Math.min(...times.slice(1));
      if (own < least) [least, choice[kernel]] = [own, variant];
    }
  }
  known.set(adapter, choice);
  return choice;
}

/** Runs a kernel of the convolution on the shape by which variants are chosen. */
export function runSample(device: Device, kernel: keyof Convolution): void {
  const { kernels } = device;
  const { batch, inChannels, inHeight, inWidth, outChannels } = shape;
  const pixels = batch * inHeight * inWidth;
  const weights = outChannels * shape.kernelHeight * shape.kernelWidth;
  using x = new Between(device, "f32", pixels * inChannels);
  using weight = new Between(device, "f32", weights * inChannels);
  using output = new Between(device, "f32", pixels * outChannels);
  switch (kernel) {
    case "conv2dForward":
      return kernels.conv2dForward(x, weight, null, output, shape);
    case "conv2dInputGradient":
      return kernels.conv2dInputGradient(output, weight, x, shape);
    case "conv2dWeightGradient":
      return kernels.conv2dWeightGradient(output, x, weight, shape);
  }
}
