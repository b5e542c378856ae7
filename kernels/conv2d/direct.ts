import {
  type AdapterTraits,
  type Dispatch,
  dispatch,
  type Operand,
  type WebGpuSteps,
  workgroupsFor,
} from "../kernel.ts";
import { elementwise } from "../lib/elementwise.ts";
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

/** The convolution, one invocation for each pixel. */
export function forward(
  { bias, output, weight, x: source }: ForwardOperands,
  shape: Conv2dShape,
  adapter: AdapterTraits,
): WebGpuSteps {
  const window = forwardWindow(shape, bias !== null);
  const cost = conv2dCost(shape);
  return withWeightCopy(weight, adapter, (copy) => [{
    ...convolve({ weight: copy, source, bias: bias ?? weight, output }, window),
    cost,
  }]);
}

/** The gradient with respect to x, one invocation for each pixel. */
export function inputGradient(
  { gradOutput: source, gradX: output, weight }: InputGradientOperands,
  shape: Conv2dShape,
  adapter: AdapterTraits,
): WebGpuSteps {
  const window = inputGradientWindow(shape);
  const cost = conv2dCost(shape);
  return withWeightCopy(weight, adapter, (weight) => [
    { ...convolve({ weight, source, bias: source, output }, window), cost },
  ]);
}

function convolve(
  bind: Record<"weight" | "source" | "bias" | "output", Operand>,
  window: ConvolutionWindow,
): Dispatch {
  const { length } = bind.output.buffer;
  const { kernelHeight, kernelWidth, sourceChannels } = window;
  return {
    ...elementwise(wgsl.convolve, length, bind, window),
    iterations: sourceChannels * (1 + kernelHeight * (1 + kernelWidth)),
  };
}

/** The gradient with respect to the weight, one workgroup for each element. */
export function weightGradient(
  { gradOutput, gradWeight, x: source }: WeightGradientOperands,
  shape: Conv2dShape,
): WebGpuSteps {
  const { batch, outHeight, outWidth } = shape;
  // More invocations where pixels are many: Mesa's llvmpipe limits the iterations
  // of each.
  const workgroupSize = batch * outHeight * outWidth > 2 ** 20 ? 256 : 64;
  const rows = Math.ceil(batch * outHeight / workgroupSize);
  return [
    dispatch(wgsl.weightGradient, {
      bind: { gradOutput, source, gradWeight },
      constants: { ...weightGradientWindow(shape), workgroupSize },
      workgroups: workgroupsFor(gradWeight.buffer.length, 1),
      iterations: rows * (1 + outWidth) + Math.log2(workgroupSize),
      cost: conv2dCost(shape),
    }),
  ];
}
