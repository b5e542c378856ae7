import { conv2dSource } from "../../../../kernels/conv2d.gen.ts";
import type { Conv2dShape } from "../../../../kernels/shapes.ts";
import {
  type KernelRecord,
  line,
  type Run,
  type Workgroups,
} from "../kernel_record.ts";
import {
  conv2dCost,
  type Conv2dVariant,
  type ForwardShape,
  forwardWindow,
  gradientHalves,
  inputGradientWindow,
  weightGradientWindow,
  windowHalves,
} from "./_conv2d.ts";

/** Invocations of a workgroup. */
const workgroupSize = 64;

/** The most pixels of a row that one invocation handles together. */
const longestStrip = 8;

const forward: KernelRecord<ForwardShape> = {
  name: "conv2dForward",
  source: conv2dSource,
  file: "kernels/conv2d.wgsl",
  entryPoint: "convolve",
  bindings: ["read", "read", "read", "write"],
  halves: windowHalves,
  constants: (shape) => ({
    ...forwardWindow(shape),
    width: stripWidth(shape.outWidth),
    spacing: shape.strideWidth,
    advance: shape.dilationWidth,
    workgroupSize,
  }),
  workgroups: ({ batch, outChannels, outHeight, outWidth }) =>
    tiles(batch, outChannels, outHeight, outWidth),
  cost: conv2dCost,
};

const inputGradient: KernelRecord<Conv2dShape> = {
  name: "conv2dInputGradient",
  source: conv2dSource,
  file: "kernels/conv2d.wgsl",
  entryPoint: "convolve",
  bindings: ["read", "read", "read", "write"],
  halves: windowHalves,
  constants: (shape) => ({
    ...inputGradientWindow(shape),
    width: stripWidth(shape.inWidth),
    spacing: 1,
    advance: shape.dilationWidth,
    workgroupSize,
  }),
  workgroups: ({ batch, inChannels, inHeight, inWidth }) =>
    tiles(batch, inChannels, inHeight, inWidth),
  cost: conv2dCost,
};

const weightGradient: KernelRecord<Conv2dShape> = {
  name: "conv2dWeightGradient",
  source: conv2dSource,
  file: "kernels/conv2d.wgsl",
  entryPoint: "weightGradient",
  bindings: ["read", "read", "write"],
  halves: gradientHalves,
  constants: (shape) => ({
    ...weightGradientWindow(shape),
    width: stripWidth(shape.kernelWidth),
    spacing: shape.dilationWidth,
    advance: shape.strideWidth,
    workgroupSize: sharers(shape),
  }),
  workgroups: ({ inChannels, outChannels, kernelHeight, kernelWidth }) => [
    Math.ceil(kernelWidth / stripWidth(kernelWidth)),
    Math.ceil(inChannels * kernelHeight / 4),
    Math.ceil(outChannels / 4),
  ],
  cost: conv2dCost,
};

/**
 * The convolution that takes any shape and runs on anything, tile by tile in
 * registers; what the others are measured by.
 */
export function naiveConv2d(run: Run): Conv2dVariant {
  return {
    supports: () => true,
    conv2dForward(x, weight, bias, output, shape) {
      const hasBias = bias !== null;
      run(forward, { ...shape, hasBias }, [weight, x, bias ?? weight, output]);
    },
    conv2dInputGradient(gradOutput, weight, gradX, shape) {
      run(inputGradient, shape, [weight, gradOutput, gradOutput, gradX]);
    },
    conv2dWeightGradient(gradOutput, x, gradWeight, shape) {
      run(weightGradient, shape, [gradOutput, x, gradWeight]);
    },
  };
}

/** The width of strips, as equal as can be, that cover `count` elements. */
function stripWidth(count: number): number {
  return Math.ceil(count / Math.ceil(count / longestStrip));
}

function tiles(
  batch: number,
  channels: number,
  height: number,
  width: number,
): Workgroups {
  const columns = Math.ceil(width / stripWidth(width));
  const count = batch * Math.ceil(height / 2) * columns;
  const [x, y] = line(count, workgroupSize);
  return [x, y, Math.ceil(channels / 4)];
}

/**
 * Invocations that share the pixels of the gradient by the weight. Mesa's CPU
 * driver (llvmpipe 22.3) leaves a loop after 65,535 passes, without an error:
 * where pixels are many, 256 keep well below that, as far as a buffer reaches.
 */
function sharers({ batch, outHeight, outWidth }: Conv2dShape): number {
  return batch * outHeight * outWidth > 2 ** 20 ? 256 : workgroupSize;
}
