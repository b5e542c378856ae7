import { channelSum } from "../channel_sum/channel_sum.ts";
import { call, kernel } from "../kernel.ts";
import * as direct from "./direct.ts";
import {
  forwardReference,
  inputGradientReference,
  weightGradientReference,
} from "./reference.ts";
import { conv2dCost, type Conv2dShape } from "./shape.ts";
import * as layer from "./linear_layer.ts";
import * as tiled from "./tiled.ts";
import * as wasm from "./wasm.ts";

export type { Conv2dShape } from "./shape.ts";

/** A convolution like a network's: long enough to tell implementations apart. */
const sampleShape: Conv2dShape = {
  batch: 32,
  groups: 1,
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

/** Elements of its images and weights. */
const xLength = 32 * 16 * 14 * 14;
const weightLength = 32 * 16 * 5 * 5;
const outputLength = 32 * 32 * 14 * 14;

/**
 * `output = conv2d(x, weight) + bias`, a cross-correlation as in PyTorch: x
 * `[batch, inChannels, inHeight, inWidth]`, weight `[outChannels, inChannels /
 * groups, kernelHeight, kernelWidth]`, bias `[outChannels]` or null, output
 * `[batch, outChannels, outHeight, outWidth]`.
 */
export const conv2dForward = /* @__PURE__ */ kernel({
  name: "conv2dForward",
  operands: { x: "read", weight: "read", bias: "read?", output: "write" },
  reference: (arrays, shape: Conv2dShape) => forwardReference(arrays, shape),
  webgpu: {
    direct: direct.forward,
    tiled: (...given) => layer.forward(...given) ?? tiled.forward(...given),
  },
  wasm: wasm.forward,
  cost: conv2dCost,
  sample: {
    lengths: {
      x: xLength,
      weight: weightLength,
      bias: null,
      output: outputLength,
    },
    params: sampleShape,
  },
});

/**
 * The gradient with respect to x; and a transposed convolution, which adds a bias
 * `[inChannels]`.
 */
export const conv2dInputGradient = /* @__PURE__ */ kernel({
  name: "conv2dInputGradient",
  operands: {
    gradOutput: "read",
    weight: "read",
    bias: "read?",
    gradX: "write",
  },
  reference: (arrays, shape: Conv2dShape) =>
    inputGradientReference(arrays, shape),
  webgpu: {
    direct: direct.inputGradient,
    tiled: (...given) =>
      layer.inputGradient(...given) ?? tiled.inputGradient(...given),
  },
  wasm: wasm.inputGradient,
  cost: conv2dCost,
  sample: {
    lengths: {
      gradOutput: outputLength,
      weight: weightLength,
      bias: null,
      gradX: xLength,
    },
    params: sampleShape,
  },
});

/** The gradient with respect to the weight. */
export const conv2dWeightGradient = /* @__PURE__ */ kernel({
  name: "conv2dWeightGradient",
  operands: { gradOutput: "read", x: "read", gradWeight: "write" },
  reference: (arrays, shape: Conv2dShape) =>
    weightGradientReference(arrays, shape),
  webgpu: {
    direct: direct.weightGradient,
    tiled: (operands, shape, adapter) =>
      layer.weightGradient(operands, shape, adapter) ??
        tiled.weightGradient(operands, shape),
  },
  wasm: wasm.weightGradient,
  cost: conv2dCost,
  sample: {
    lengths: {
      gradOutput: outputLength,
      x: xLength,
      gradWeight: weightLength,
    },
    params: sampleShape,
  },
});

/**
 * The gradient with respect to the bias: the sum of `gradOutput` over images and
 * pixels.
 */
export const conv2dBiasGradient = /* @__PURE__ */ kernel({
  name: "conv2dBiasGradient",
  operands: { gradOutput: "read", gradBias: "write" },
  compose: ({ gradBias, gradOutput }, shape: Conv2dShape) => [
    call(channelSum, { x: gradOutput, output: gradBias }, {
      batch: shape.batch,
      channels: shape.outChannels,
      area: shape.outHeight * shape.outWidth,
    }),
  ],
});
