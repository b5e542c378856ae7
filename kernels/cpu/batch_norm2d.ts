// @ts-nocheck: AssemblyScript, compiled by `deno task kernels`.

// Batch normalisation of `[batch, channels, area]` per channel, and its
// gradients: Ioffe and Szegedy, "Batch Normalization" (2015).
//
// For sums a thread takes whole channels: a channel's sum runs over its images,
// each as `_sums.ts` adds, in f64. Elsewhere it takes an unbroken part of the
// planes (image and channel).

import { fma } from "../lib/simd/fma.ts";
import { partStart } from "../lib/simd/parts.ts";
import { momentsAround, productsAround, squares, sumOf } from "./_sums.ts";

/**
 * Mean and inverse deviation of each channel; moves the running statistics; the
 * first thread counts the batch. Sums run around the mean of the channel's first
 * image, and are moved to the mean of all afterwards. That costs few digits:
 * what lies between the two means is part of the variance, by its square over
 * the batch. Arguments: x, runningMean, runningVariance, mean, inverseDeviation,
 * batch, channels, area, eps, momentum, batches or 0.
 */
export function batchNorm2dStatistics(
  args: usize,
  thread: i32,
  threads: i32,
): void {
  const x: usize = load<u32>(args);
  const runningMean: usize = load<u32>(args, 4);
  const runningVariance: usize = load<u32>(args, 8);
  const mean: usize = load<u32>(args, 12);
  const inverseDeviation: usize = load<u32>(args, 16);
  const batch = load<i32>(args, 20);
  const channels = load<i32>(args, 24);
  const area = load<i32>(args, 28);
  const eps: f64 = load<f32>(args, 32);
  const momentum: f64 = load<f32>(args, 36);
  const count: f64 = <f64> batch * <f64> area;
  const end = partStart(channels, thread + 1, threads);
  for (let c = partStart(channels, thread, threads); c < end; c++) {
    const near = <f32> (sumOf(plane(x, c, area), area) / area);
    let sum: f64 = 0, around: f64 = 0;
    for (let image = 0; image < batch; image++) {
      const at = plane(x, image * channels + c, area);
      sum += momentsAround(at, area, near);
      around += squares;
    }
    const center: f64 = near + sum / count;
    const deviation = max<f64>(around - sum * sum / count, 0);
    const at: usize = c << 2;
    const variance = deviation / count;
    store<f32>(mean + at, <f32> center);
    store<f32>(inverseDeviation + at, <f32> (1 / sqrt<f64>(variance + eps)));
    move(runningMean + at, center, momentum);
    move(runningVariance + at, deviation / (count - 1), momentum);
  }
  const batches: usize = load<u32>(args, 40);
  if (thread == 0 && batches != 0) store<i32>(batches, load<i32>(batches) + 1);
}

/** Moves a number towards a value by a share of the way. */
function move(number: usize, value: f64, share: f64): void {
  const before: f64 = load<f32>(number);
  store<f32>(number, <f32> (before + share * (value - before)));
}

function plane(x: usize, index: i32, area: i32): usize {
  return x + <usize> index * <usize> (area << 2);
}

/**
 * `output = (x − mean) · inverseDeviation · weight + bias`. Arguments: x, mean,
 * inverseDeviation, weight, bias, output, batch, channels, area.
 */
export function batchNorm2dNormalise(
  args: usize,
  thread: i32,
  threads: i32,
): void {
  const x: usize = load<u32>(args);
  const mean: usize = load<u32>(args, 4);
  const inverseDeviation: usize = load<u32>(args, 8);
  const weight: usize = load<u32>(args, 12);
  const bias: usize = load<u32>(args, 16);
  const output: usize = load<u32>(args, 20);
  const channels = load<i32>(args, 28);
  const area = load<i32>(args, 32);
  const planes = load<i32>(args, 24) * channels;
  const end = partStart(planes, thread + 1, threads);
  for (let p = partStart(planes, thread, threads); p < end; p++) {
    const channel: usize = (p % channels) << 2;
    const center = load<f32>(mean + channel);
    const factor = load<f32>(inverseDeviation + channel) *
      load<f32>(weight + channel);
    const shift = load<f32>(bias + channel);
    const centers = f32x4.splat(center), factors = f32x4.splat(factor);
    const shifts = f32x4.splat(shift);
    const from = plane(x, p, area), to = plane(output, p, area);
    let i = 0;
    for (; i + 4 <= area; i += 4) {
      const at: usize = i << 2;
      const difference = f32x4.sub(v128.load(from + at), centers);
      v128.store(to + at, fma(difference, factors, shifts));
    }
    for (; i < area; i++) {
      const at: usize = i << 2;
      store<f32>(to + at, (load<f32>(from + at) - center) * factor + shift);
    }
  }
}

/** `1 / √(variance + eps)`. Arguments: variance, output, channels, eps. */
export function batchNorm2dInverseDeviation(
  args: usize,
  _thread: i32,
  _threads: i32,
): void {
  const variance: usize = load<u32>(args);
  const output: usize = load<u32>(args, 4);
  const channels = load<i32>(args, 8);
  const eps: f64 = load<f32>(args, 12);
  for (let channel = 0; channel < channels; channel++) {
    const at: usize = channel << 2;
    const root = sqrt<f64>(<f64> load<f32>(variance + at) + eps);
    store<f32>(output + at, <f32> (1 / root));
  }
}

/**
 * Sums, per channel, over what weight and bias took part in. Arguments:
 * gradOutput, x, mean, inverseDeviation, gradWeight, gradBias, batch, channels,
 * area.
 */
export function batchNorm2dParameterGradient(
  args: usize,
  thread: i32,
  threads: i32,
): void {
  const gradOutput: usize = load<u32>(args);
  const x: usize = load<u32>(args, 4);
  const mean: usize = load<u32>(args, 8);
  const inverseDeviation: usize = load<u32>(args, 12);
  const gradWeight: usize = load<u32>(args, 16);
  const gradBias: usize = load<u32>(args, 20);
  const batch = load<i32>(args, 24);
  const channels = load<i32>(args, 28);
  const area = load<i32>(args, 32);
  const end = partStart(channels, thread + 1, threads);
  for (let c = partStart(channels, thread, threads); c < end; c++) {
    const channel: usize = c << 2;
    const center = load<f32>(mean + channel);
    let sum: f64 = 0, products: f64 = 0;
    for (let image = 0; image < batch; image++) {
      const index = image * channels + c;
      const gradient = plane(gradOutput, index, area);
      sum += sumOf(gradient, area);
      products += productsAround(
        gradient,
        plane(x, index, area),
        area,
        center,
      );
    }
    const factor: f64 = load<f32>(inverseDeviation + channel);
    store<f32>(gradWeight + channel, <f32> (products * factor));
    store<f32>(gradBias + channel, <f32> sum);
  }
}

/**
 * `weight · inverseDeviation · (g − Σg / N − (x − mean) · slope)` with
 * `slope = inverseDeviation · gradWeight / N`: see `plain/batch_norm2d.ts`.
 * Arguments: gradOutput, x, mean, inverseDeviation, weight, gradWeight,
 * gradBias, gradX, batch, channels, area.
 */
export function batchNorm2dInputGradient(
  args: usize,
  thread: i32,
  threads: i32,
): void {
  const gradOutput: usize = load<u32>(args);
  const x: usize = load<u32>(args, 4);
  const mean: usize = load<u32>(args, 8);
  const inverseDeviation: usize = load<u32>(args, 12);
  const weight: usize = load<u32>(args, 16);
  const gradWeight: usize = load<u32>(args, 20);
  const gradBias: usize = load<u32>(args, 24);
  const gradX: usize = load<u32>(args, 28);
  const batch = load<i32>(args, 32);
  const channels = load<i32>(args, 36);
  const area = load<i32>(args, 40);
  const count: f32 = <f32> batch * <f32> area;
  const planes = batch * channels;
  const end = partStart(planes, thread + 1, threads);
  for (let p = partStart(planes, thread, threads); p < end; p++) {
    const channel: usize = (p % channels) << 2;
    const inverse = load<f32>(inverseDeviation + channel);
    const center = load<f32>(mean + channel);
    const factor = load<f32>(weight + channel) * inverse;
    const average = load<f32>(gradBias + channel) / count;
    const slope = load<f32>(gradWeight + channel) * inverse / count;
    const centers = f32x4.splat(center), factors = f32x4.splat(factor);
    const averages = f32x4.splat(average), slopes = f32x4.splat(-slope);
    const gradient = plane(gradOutput, p, area), from = plane(x, p, area);
    const to = plane(gradX, p, area);
    let i = 0;
    for (; i + 4 <= area; i += 4) {
      const at: usize = i << 2;
      const difference = f32x4.sub(v128.load(from + at), centers);
      const rest = f32x4.sub(v128.load(gradient + at), averages);
      v128.store(to + at, f32x4.mul(factors, fma(difference, slopes, rest)));
    }
    for (; i < area; i++) {
      const at: usize = i << 2;
      const difference = load<f32>(from + at) - center;
      const rest = load<f32>(gradient + at) - average;
      store<f32>(to + at, factor * (rest - difference * slope));
    }
  }
}

/**
 * `gradOutput · weight · inverseDeviation`. Arguments: gradOutput,
 * inverseDeviation, weight, gradX, batch, channels, area.
 */
export function batchNorm2dEvalInputGradient(
  args: usize,
  thread: i32,
  threads: i32,
): void {
  const gradOutput: usize = load<u32>(args);
  const inverseDeviation: usize = load<u32>(args, 4);
  const weight: usize = load<u32>(args, 8);
  const gradX: usize = load<u32>(args, 12);
  const channels = load<i32>(args, 20);
  const area = load<i32>(args, 24);
  const planes = load<i32>(args, 16) * channels;
  const end = partStart(planes, thread + 1, threads);
  for (let p = partStart(planes, thread, threads); p < end; p++) {
    const channel: usize = (p % channels) << 2;
    const factor = load<f32>(weight + channel) *
      load<f32>(inverseDeviation + channel);
    const factors = f32x4.splat(factor);
    const gradient = plane(gradOutput, p, area), to = plane(gradX, p, area);
    let i = 0;
    for (; i + 4 <= area; i += 4) {
      const at: usize = i << 2;
      v128.store(to + at, f32x4.mul(v128.load(gradient + at), factors));
    }
    for (; i < area; i++) {
      const at: usize = i << 2;
      store<f32>(to + at, load<f32>(gradient + at) * factor);
    }
  }
}
