import {
  type AdapterTraits,
  type Dispatch,
  dispatch,
  type Operand,
  type WebGpuSteps,
  workgroupsFor,
} from "../kernel.ts";
import * as wgsl from "./conv2d.gen.ts";
import {
  conv2dCost,
  type Conv2dShape,
  type ForwardOperands,
  type InputGradientOperands,
  type WeightGradientOperands,
} from "./shape.ts";
import { withWeightCopy } from "./weight_copy.ts";
import {
  type ConvolutionWindow,
  forwardWindow,
  inputGradientWindow,
  weightGradientWindow,
} from "./window.ts";

/** A tile: columns of a row or elements of a kernel, and channels. */
const tile = { pixels: 8, channels: 4 };

/** Invocations of a workgroup of the convolution. */
const workgroupSize = 64;

/** The convolution, one invocation for each tile of pixels and channels. */
export function forward(
  { bias, output, weight, x: source }: ForwardOperands,
  shape: Conv2dShape,
  adapter: AdapterTraits,
): WebGpuSteps {
  const window = forwardWindow(shape, bias !== null);
  return withWeightCopy(weight, adapter, (copy) => [
    convolve(
      { weight: copy, source, bias: bias ?? weight, output },
      window,
      shape,
    ),
  ]);
}

/** The gradient with respect to x, in the same way. */
export function inputGradient(
  { bias, gradOutput: source, gradX: output, weight }: InputGradientOperands,
  shape: Conv2dShape,
  adapter: AdapterTraits,
): WebGpuSteps {
  const window = inputGradientWindow(shape, bias !== null);
  return withWeightCopy(weight, adapter, (copy) => [
    convolve(
      { weight: copy, source, bias: bias ?? weight, output },
      window,
      shape,
    ),
  ]);
}

function convolve(
  bind: Record<"weight" | "source" | "bias" | "output", Operand>,
  window: ConvolutionWindow,
  shape: Conv2dShape,
): Dispatch {
  const { batch, groups } = shape;
  const { kernelHeight, kernelWidth, targetHeight, targetWidth } = window;
  const tiles = batch * groups * targetHeight *
    Math.ceil(targetWidth / tile.pixels);
  const [x, y] = workgroupsFor(tiles, workgroupSize);
  const channels = window.targetChannels / groups;
  const sources = window.sourceChannels / groups;
  return dispatch(wgsl.convolve, {
    bind,
    constants: { ...window, groups, workgroupSize },
    workgroups: [x, y, Math.ceil(channels / tile.channels)],
    iterations: sources * kernelHeight * (1 + kernelWidth) + 36,
    cost: conv2dCost(shape),
  });
}

/** The gradient with respect to the weight, a workgroup for each tile of it. */
export function weightGradient(
  { gradOutput, gradWeight, x: source }: WeightGradientOperands,
  shape: Conv2dShape,
): WebGpuSteps {
  const { batch, groups, inChannels, outChannels, outHeight, outWidth } = shape;
  const kernelRows = inChannels / groups * shape.kernelHeight;
  const tiles = groups * Math.ceil(outChannels / groups / tile.channels) *
    Math.ceil(kernelRows / 2) * Math.ceil(shape.kernelWidth / tile.pixels);
  // More invocations where pixels are many: Mesa's llvmpipe limits the iterations
  // of each.
  const workgroupSize = batch * outHeight * outWidth > 2 ** 20 ? 256 : 64;
  const rows = Math.ceil(batch * outHeight / workgroupSize);
  return [
    dispatch(wgsl.weightGradient, {
      bind: { gradOutput, source, gradWeight },
      constants: { ...weightGradientWindow(shape), groups, workgroupSize },
      workgroups: workgroupsFor(tiles, 1),
      iterations: rows * (1 + outWidth) + 18 * (1 + Math.log2(workgroupSize)),
      cost: conv2dCost(shape),
    }),
  ];
}
