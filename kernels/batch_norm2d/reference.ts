/**
 * Batch normalisation of `[batch, channels, area]` per channel, and its
 * gradients: Ioffe and Szegedy, "Batch Normalization" (2015).
 *
 * Every sum of a channel runs over image, then pixel, in f64. The variance is
 * summed in a second pass, around the mean: a large mean costs no digits.
 *
 * @module
 */

import type { NumberArray } from "../kernel.ts";
import type { BatchNorm2dShape, BatchNorm2dTraining } from "./shape.ts";

type Arrays<Names extends string> = Readonly<Record<Names, NumberArray>>;

/** Mean and 1 / σ of each channel; moves the running statistics. */
export function statistics(
  { invStd, mean, numBatchesTracked, runningMean, runningVar, x }:
    & Arrays<"invStd" | "mean" | "runningMean" | "runningVar" | "x">
    & { readonly numBatchesTracked: NumberArray | null },
  shape: BatchNorm2dTraining,
): void {
  if (numBatchesTracked !== null) numBatchesTracked[0]++;
  const { area, batch, channels, eps, momentum } = shape;
  const count = batch * area;
  for (let channel = 0; channel < channels; channel++) {
    const center = sumOfPowers(x, channel, 0, 1, shape) / count;
    const squares = sumOfPowers(x, channel, center, 2, shape);
    mean[channel] = center;
    invStd[channel] = 1 / Math.sqrt(squares / count + eps);
    runningMean[channel] += momentum * (center - runningMean[channel]);
    runningVar[channel] += momentum *
      (squares / (count - 1) - runningVar[channel]);
  }
}

/** Normalises with the given mean and 1 / σ, pixel by pixel. */
export function normalise(
  { bias, invStd, mean, output, weight, x }: Arrays<
    "bias" | "invStd" | "mean" | "output" | "weight" | "x"
  >,
  { area, batch, channels }: BatchNorm2dShape,
): void {
  for (let plane = 0; plane < batch * channels; plane++) {
    const channel = plane % channels;
    const center = mean[channel];
    const factor = invStd[channel] * weight[channel];
    const shift = bias[channel];
    for (let i = plane * area; i < (plane + 1) * area; i++) {
      output[i] = (x[i] - center) * factor + shift;
    }
  }
}

/** `1 / √(variance + eps)` of each channel. */
export function invStdOfVariance(
  { invStd, variance }: Arrays<"invStd" | "variance">,
  { channels, eps }: BatchNorm2dShape,
): void {
  for (let channel = 0; channel < channels; channel++) {
    invStd[channel] = 1 / Math.sqrt(variance[channel] + eps);
  }
}

/** Sums, per channel, over what weight and bias took part in. */
export function parameterGradient(
  { gradBias, gradOutput, gradWeight, invStd, mean, x }: Arrays<
    "gradBias" | "gradOutput" | "gradWeight" | "invStd" | "mean" | "x"
  >,
  { area, batch, channels }: BatchNorm2dShape,
): void {
  for (let channel = 0; channel < channels; channel++) {
    const center = mean[channel];
    let sum = 0;
    let product = 0;
    for (let image = 0; image < batch; image++) {
      const first = (image * channels + channel) * area;
      for (let i = first; i < first + area; i++) {
        sum += gradOutput[i];
        product += gradOutput[i] * (x[i] - center);
      }
    }
    gradWeight[channel] = product * invStd[channel];
    gradBias[channel] = sum;
  }
}

/**
 * The gradient without its mean and without its part along the normalised
 * input, which mean and variance take away: with `x̂` for that input and N for
 * pixels of a channel, `weight · invStd · (g − Σg / N − x̂ · Σ(g · x̂) / N)`.
 */
export function inputGradient(
  { gradBias, gradOutput, gradWeight, gradX, invStd, mean, weight, x }: Arrays<
    | "gradBias"
    | "gradOutput"
    | "gradWeight"
    | "gradX"
    | "invStd"
    | "mean"
    | "weight"
    | "x"
  >,
  { area, batch, channels }: BatchNorm2dShape,
): void {
  const count = batch * area;
  for (let plane = 0; plane < batch * channels; plane++) {
    const channel = plane % channels;
    const center = mean[channel];
    const factor = weight[channel] * invStd[channel];
    const average = gradBias[channel] / count;
    const slope = gradWeight[channel] * invStd[channel] / count;
    for (let i = plane * area; i < (plane + 1) * area; i++) {
      gradX[i] = factor * (gradOutput[i] - average - (x[i] - center) * slope);
    }
  }
}

/** The gradient where mean and variance are constants. */
export function evalInputGradient(
  { gradOutput, gradX, invStd, weight }: Arrays<
    "gradOutput" | "gradX" | "invStd" | "weight"
  >,
  { area, batch, channels }: BatchNorm2dShape,
): void {
  for (let plane = 0; plane < batch * channels; plane++) {
    const channel = plane % channels;
    const factor = weight[channel] * invStd[channel];
    for (let i = plane * area; i < (plane + 1) * area; i++) {
      gradX[i] = gradOutput[i] * factor;
    }
  }
}

/** `Σ (x − center)` or `Σ (x − center)²` of one channel. */
function sumOfPowers(
  x: NumberArray,
  channel: number,
  center: number,
  power: 1 | 2,
  { area, batch, channels }: BatchNorm2dShape,
): number {
  let sum = 0;
  for (let image = 0; image < batch; image++) {
    const first = (image * channels + channel) * area;
    for (let i = first; i < first + area; i++) {
      const difference = x[i] - center;
      sum += power === 1 ? difference : difference * difference;
    }
  }
  return sum;
}
