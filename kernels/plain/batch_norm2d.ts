/**
 * Batch normalisation of `[batch, channels, area]` per channel, and its
 * gradients: Ioffe and Szegedy, "Batch Normalization" (2015).
 *
 * Every sum of a channel runs over image, then pixel, in f64. The variance is
 * summed in a second pass, around the mean: a large mean costs no digits.
 *
 * @module
 */

import type { BatchNorm2dShape } from "../shapes.ts";

/**
 * Mean and inverse deviation of each channel; moves the running statistics and
 * counts the batch.
 */
export function batchNorm2dStatistics(
  x: Float32Array,
  runningMean: Float32Array,
  runningVariance: Float32Array,
  batches: Int32Array | null,
  mean: Float32Array,
  inverseDeviation: Float32Array,
  shape: BatchNorm2dShape,
  momentum: number,
): void {
  if (batches !== null) batches[0]++;
  const { batch, channels, eps } = shape;
  const count = batch * shape.area;
  for (let channel = 0; channel < channels; channel++) {
    const center = sumOfPowers(x, channel, 0, 1, shape) / count;
    const squares = sumOfPowers(x, channel, center, 2, shape);
    mean[channel] = center;
    inverseDeviation[channel] = 1 / Math.sqrt(squares / count + eps);
    runningMean[channel] += momentum * (center - runningMean[channel]);
    runningVariance[channel] += momentum *
      (squares / (count - 1) - runningVariance[channel]);
  }
}

/** Normalises with the given mean and inverse deviation, pixel by pixel. */
export function batchNorm2dNormalise(
  x: Float32Array,
  mean: Float32Array,
  inverseDeviation: Float32Array,
  weight: Float32Array,
  bias: Float32Array,
  output: Float32Array,
  shape: BatchNorm2dShape,
): void {
  const { batch, channels, area } = shape;
  for (let plane = 0; plane < batch * channels; plane++) {
    const channel = plane % channels;
    const center = mean[channel];
    const factor = inverseDeviation[channel] * weight[channel];
    const shift = bias[channel];
    for (let i = plane * area; i < (plane + 1) * area; i++) {
      output[i] = (x[i] - center) * factor + shift;
    }
  }
}

/** `1 / √(variance + eps)` of each channel. */
export function batchNorm2dInverseDeviation(
  variance: Float32Array,
  output: Float32Array,
  shape: BatchNorm2dShape,
): void {
  for (let channel = 0; channel < shape.channels; channel++) {
    output[channel] = 1 / Math.sqrt(variance[channel] + shape.eps);
  }
}

/** Sums, per channel, over what weight and bias took part in. */
export function batchNorm2dParameterGradient(
  gradOutput: Float32Array,
  x: Float32Array,
  mean: Float32Array,
  inverseDeviation: Float32Array,
  gradWeight: Float32Array,
  gradBias: Float32Array,
  shape: BatchNorm2dShape,
): void {
  const { batch, channels, area } = shape;
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
    gradWeight[channel] = product * inverseDeviation[channel];
    gradBias[channel] = sum;
  }
}

/**
 * The gradient without its mean and without its part along the normalised
 * input, which mean and variance take away: with `x̂` for that input and N for
 * pixels of a channel,
 * `weight · inverseDeviation · (g − Σg / N − x̂ · Σ(g · x̂) / N)`.
 */
export function batchNorm2dInputGradient(
  gradOutput: Float32Array,
  x: Float32Array,
  mean: Float32Array,
  inverseDeviation: Float32Array,
  weight: Float32Array,
  gradWeight: Float32Array,
  gradBias: Float32Array,
  gradX: Float32Array,
  shape: BatchNorm2dShape,
): void {
  const { batch, channels, area } = shape;
  const count = batch * area;
  for (let plane = 0; plane < batch * channels; plane++) {
    const channel = plane % channels;
    const center = mean[channel];
    const factor = weight[channel] * inverseDeviation[channel];
    const average = gradBias[channel] / count;
    const slope = gradWeight[channel] * inverseDeviation[channel] / count;
    for (let i = plane * area; i < (plane + 1) * area; i++) {
      gradX[i] = factor * (gradOutput[i] - average - (x[i] - center) * slope);
    }
  }
}

/** The gradient where mean and deviation were constants. */
export function batchNorm2dEvalInputGradient(
  gradOutput: Float32Array,
  inverseDeviation: Float32Array,
  weight: Float32Array,
  gradX: Float32Array,
  shape: BatchNorm2dShape,
): void {
  const { batch, channels, area } = shape;
  for (let plane = 0; plane < batch * channels; plane++) {
    const channel = plane % channels;
    const factor = weight[channel] * inverseDeviation[channel];
    for (let i = plane * area; i < (plane + 1) * area; i++) {
      gradX[i] = gradOutput[i] * factor;
    }
  }
}

/** `Σ (x − center)` or `Σ (x − center)²` of one channel. */
function sumOfPowers(
  x: Float32Array,
  channel: number,
  center: number,
  power: 1 | 2,
  shape: BatchNorm2dShape,
): number {
  const { batch, channels, area } = shape;
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
