import { dispatch, kernel, workgroupsFor } from "../kernel.ts";
import * as wgsl from "./group_norm.gen.ts";

/**
 * A group normalisation of `[batch, groups, channels, area]`: one mean for each
 * group of an image. A layer normalisation has one group, and an area of 1.
 */
export interface GroupNormShape {
  /** Images in the batch. */
  readonly batch: number;
  /** Groups of an image. */
  readonly groups: number;
  /** Channels of a group. */
  readonly channels: number;
  /** Elements of a channel. */
  readonly area: number;
  /** Added to the variance before the root. */
  readonly eps: number;
}

/**
 * `output = (x − mean) · invStd · weight + bias`, where mean and
 * `invStd = 1 / √(variance + eps)`, both `[batch, groups]`, are each group's own,
 * the variance biased; weight and bias are `[groups, channels]` (Wu and He,
 * 2018). The variance is summed in a second pass, around the mean.
 */
export const groupNormForward = /* @__PURE__ */ kernel({
  name: "groupNormForward",
  operands: {
    x: "read",
    weight: "read",
    bias: "read",
    mean: "write",
    invStd: "write",
    output: "write",
  },
  reference({ bias, invStd, mean, output, weight, x }, shape: GroupNormShape) {
    const { area, channels, eps, groups } = shape;
    const size = channels * area;
    for (let row = 0; row < mean.length; row++) {
      const start = row * size, end = start + size;
      let sum = 0;
      for (let i = start; i < end; i++) sum += x[i];
      const center = sum / size;
      let squares = 0;
      for (let i = start; i < end; i++) squares += (x[i] - center) ** 2;
      const inverse = 1 / Math.sqrt(squares / size + eps);
      mean[row] = center;
      invStd[row] = inverse;
      let channel = row % groups * channels;
      for (let first = start; first < end; first += area, channel++) {
        const factor = inverse * weight[channel];
        for (let i = first; i < first + area; i++) {
          output[i] = (x[i] - center) * factor + bias[channel];
        }
      }
    }
  },
  webgpu: ({ bias, invStd, mean, output, weight, x }, shape) => [
    dispatch(wgsl.groupNormForward, {
      bind: { x, weight, bias, means: mean, invStds: invStd, output },
      constants: { ...constantsOf(shape), eps: shape.eps },
      ...rowsOf(shape, 3),
    }),
  ],
});

/**
 * The gradient with respect to x, through each group's mean and variance. With g
 * for `gradOutput · weight`, x̂ for the normalised x and N for the elements of a
 * group: `invStd · (g − Σg / N − x̂ · Σ(g · x̂) / N)`.
 */
export const groupNormInputGradient = /* @__PURE__ */ kernel({
  name: "groupNormInputGradient",
  operands: {
    gradOutput: "read",
    x: "read",
    mean: "read",
    invStd: "read",
    weight: "read",
    gradX: "write",
  },
  reference(
    { gradOutput, gradX, invStd, mean, weight, x },
    { area, channels, groups }: GroupNormShape,
  ) {
    const size = channels * area;
    for (let row = 0; row < mean.length; row++) {
      const center = mean[row], inverse = invStd[row];
      let sum = 0, product = 0;
      const firstChannel = row % groups * channels;
      for (let i = 0, at = row * size; i < size; i++, at++) {
        const factor = weight[firstChannel + Math.floor(i / area)];
        sum += gradOutput[at] * factor;
        product += gradOutput[at] * factor * (x[at] - center);
      }
      const average = sum / size;
      const slope = product * inverse * inverse / size;
      for (let i = 0, at = row * size; i < size; i++, at++) {
        const factor = weight[firstChannel + Math.floor(i / area)];
        const rest = gradOutput[at] * factor - average;
        gradX[at] = inverse * (rest - (x[at] - center) * slope);
      }
    }
  },
  webgpu: ({ gradOutput, gradX, invStd, mean, weight, x }, shape) => [
    dispatch(wgsl.groupNormInputGradient, {
      bind: { x, weight, gradOutput, mean, invStd, gradX },
      constants: constantsOf(shape),
      ...rowsOf(shape, 2),
    }),
  ],
});

/**
 * Gradients with respect to weight, `Σ gradOutput · (x − mean) · invStd`, and
 * bias, `Σ gradOutput`, over all images and elements of a channel.
 */
export const groupNormParameterGradient = /* @__PURE__ */ kernel({
  name: "groupNormParameterGradient",
  operands: {
    gradOutput: "read",
    x: "read",
    mean: "read",
    invStd: "read",
    gradWeight: "write",
    gradBias: "write",
  },
  reference(
    { gradBias, gradOutput, gradWeight, invStd, mean, x },
    { area, batch, channels, groups }: GroupNormShape,
  ) {
    const all = groups * channels;
    for (let channel = 0; channel < all; channel++) {
      let sum = 0, product = 0;
      for (let image = 0; image < batch; image++) {
        const row = image * groups + Math.floor(channel / channels);
        const first = (image * all + channel) * area;
        for (let i = first; i < first + area; i++) {
          sum += gradOutput[i];
          product += gradOutput[i] * (x[i] - mean[row]) * invStd[row];
        }
      }
      gradWeight[channel] = product;
      gradBias[channel] = sum;
    }
  },
  webgpu: ({ gradBias, gradOutput, gradWeight, invStd, mean, x }, shape) => {
    const { area, batch, channels, groups } = shape;
    return [
      dispatch(wgsl.groupNormParameterGradient, {
        bind: { x, gradOutput, mean, invStd, gradWeight, gradBias },
        constants: constantsOf(shape),
        workgroups: workgroupsFor(groups * channels, 1),
        iterations: iterationsOf(batch * area),
      }),
    ];
  },
});

/** Invocations of a workgroup, which makes a group or a channel. */
const workgroupSize = 64;

function constantsOf({ area, channels, groups }: GroupNormShape) {
  return { groups, channels, area, workgroupSize };
}

/** A workgroup for each group of each image, which goes over it so often. */
function rowsOf(
  { area, batch, channels, groups }: GroupNormShape,
  times: number,
) {
  return {
    workgroups: workgroupsFor(batch * groups, 1),
    iterations: times * iterationsOf(channels * area),
  };
}

/** Iterations of an invocation where a workgroup sums so many elements. */
function iterationsOf(count: number): number {
  return Math.ceil(count / workgroupSize) + Math.log2(workgroupSize);
}
