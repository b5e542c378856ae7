import type { BatchNorm2dShape } from "../../kernels/shapes.ts";

/** What normalising a batch in training needs and leaves: `[channels]` each. */
export interface BatchNorm2dStatistics {
  /** Mean of the batch. */
  mean: Float64Array;
  /** `1 / √(biased variance of the batch + eps)`. */
  inverseDeviation: Float64Array;
  /** The running mean, moved by `momentum` towards the batch's. */
  runningMean: Float64Array;
  /** The running variance, moved towards the batch's unbiased variance. */
  runningVariance: Float64Array;
}

/** Statistics of `x` `[batch, channels, area]`; changes no argument. */
export function batchNorm2dStatistics(
  x: Float64Array,
  runningMean: Float64Array,
  runningVariance: Float64Array,
  shape: BatchNorm2dShape,
  momentum: number,
): BatchNorm2dStatistics {
  const count = shape.batch * shape.area;
  const mean = sumPerChannel(shape, (i) => x[i]).map((sum) => sum / count);
  const squares = sumPerChannel(
    shape,
    (i, channel) => (x[i] - mean[channel]) ** 2,
  );
  const variance = squares.map((sum) => sum / count);
  const towards = (from: number, to: number) => from + momentum * (to - from);
  return {
    mean,
    inverseDeviation: batchNorm2dInverseDeviation(variance, shape),
    runningMean: runningMean.map((from, channel) =>
      towards(from, mean[channel])
    ),
    runningVariance: runningVariance.map((from, channel) =>
      towards(from, squares[channel] / (count - 1))
    ),
  };
}

/** `1 / √(variance + eps)`: for running statistics, in evaluation. */
export function batchNorm2dInverseDeviation(
  variance: Float64Array,
  shape: BatchNorm2dShape,
): Float64Array {
  return variance.map((value) => 1 / Math.sqrt(value + shape.eps));
}

/** `(x − mean) · inverseDeviation · weight + bias`, in `x`'s shape. */
export function batchNorm2dNormalise(
  x: Float64Array,
  mean: Float64Array,
  inverseDeviation: Float64Array,
  weight: Float64Array,
  bias: Float64Array,
  shape: BatchNorm2dShape,
): Float64Array {
  return x.map((value, i) => {
    const channel = channelOf(i, shape);
    return (value - mean[channel]) * inverseDeviation[channel] *
        weight[channel] + bias[channel];
  });
}

/** Gradients by weight and bias, in training and in evaluation. */
export function batchNorm2dParameterGradient(
  gradOutput: Float64Array,
  x: Float64Array,
  mean: Float64Array,
  inverseDeviation: Float64Array,
  shape: BatchNorm2dShape,
): { gradWeight: Float64Array; gradBias: Float64Array } {
  return {
    gradWeight: sumPerChannel(
      shape,
      (i, channel) =>
        gradOutput[i] * (x[i] - mean[channel]) * inverseDeviation[channel],
    ),
    gradBias: sumPerChannel(shape, (i) => gradOutput[i]),
  };
}

/**
 * Gradient by `x` in training. The batch's mean and variance depend on `x`
 * too: they take the gradient's mean and its part along `x` out.
 */
export function batchNorm2dInputGradient(
  gradOutput: Float64Array,
  x: Float64Array,
  mean: Float64Array,
  inverseDeviation: Float64Array,
  weight: Float64Array,
  shape: BatchNorm2dShape,
): Float64Array {
  const count = shape.batch * shape.area;
  const { gradWeight, gradBias } = batchNorm2dParameterGradient(
    gradOutput,
    x,
    mean,
    inverseDeviation,
    shape,
  );
  return gradOutput.map((gradient, i) => {
    const channel = channelOf(i, shape);
    const normalised = (x[i] - mean[channel]) * inverseDeviation[channel];
    return weight[channel] * inverseDeviation[channel] *
      (gradient - gradBias[channel] / count -
        normalised * gradWeight[channel] / count);
  });
}

/** Gradient by `x` in evaluation, where the statistics are constants. */
export function batchNorm2dEvalInputGradient(
  gradOutput: Float64Array,
  inverseDeviation: Float64Array,
  weight: Float64Array,
  shape: BatchNorm2dShape,
): Float64Array {
  return gradOutput.map((gradient, i) => {
    const channel = channelOf(i, shape);
    return gradient * weight[channel] * inverseDeviation[channel];
  });
}

function channelOf(index: number, shape: BatchNorm2dShape): number {
  return Math.floor(index / shape.area) % shape.channels;
}

function sumPerChannel(
  shape: BatchNorm2dShape,
  term: (index: number, channel: number) => number,
): Float64Array {
  const sums = new Float64Array(shape.channels);
  const length = shape.batch * shape.channels * shape.area;
  for (let i = 0; i < length; i++) {
    const channel = channelOf(i, shape);
    sums[channel] += term(i, channel);
  }
  return sums;
}
