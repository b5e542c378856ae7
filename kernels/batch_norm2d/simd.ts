// @ts-nocheck: AssemblyScript, compiled by `deno task kernels`.

// Batch normalisation of `[batch, channels, area]` per channel, and its
// gradients: Ioffe and Szegedy, "Batch Normalization" (2015).
//
// A part is an unbroken range of the planes (image and channel), here and in what
// makes and takes x: so most of what a thread reads is in its core's cache. For sums,
// each plane is added up as in `lib/simd/sums.ts`, into two f64 of its own, and those
// of a channel are added in the images' order when all are there.

import { fma } from "../lib/simd/fma.ts";
import { partStart } from "../lib/simd/parts.ts";
import {
  addRows,
  momentsAround,
  productsAround,
  squares,
  sumOf,
  sumOfFactors,
  unblocked,
} from "../lib/simd/sums.ts";

@unmanaged
export class BatchNorm2dMomentsArgs {
  x: usize;
  /** `[batch, channels, 2]`, f64. */
  sums: usize;
  mean: usize;
  batch: i32;
  channels: i32;
  area: i32;
  /** Memory of part 0: an f32 for each channel. */
  memory: usize;
  /** Bytes from one part's memory to the next one's. */
  memoryStride: usize;
}

/**
 * `Σ (x − m)` and `Σ (x − m)²` of each plane, m being the mean of the channel's first
 * image, which is left in `mean`.
 */
export function batchNorm2dMoments(
  args: BatchNorm2dMomentsArgs,
  part: i32,
  parts: i32,
): void {
  const x = args.x;
  const sums = args.sums;
  const mean = args.mean;
  const channels = args.channels;
  const area = args.area;
  const near = args.memory + args.memoryStride * part;
  const planes = args.batch * channels;
  const first = partStart(planes, part, parts);
  const end = partStart(planes, part + 1, parts);
  for (let p = first; p < end; p++) {
    const c = p % channels;
    const own = near + (<usize> c << 2);
    if (p - first < channels) {
      store<f32>(own, <f32> (sumOf(plane(x, c, area), area) / area));
      if (p < channels) store<f32>(mean + (<usize> c << 2), load<f32>(own));
    }
    const to = sums + (<usize> p << 4);
    store<f64>(to, momentsAround(plane(x, p, area), area, load<f32>(own)));
    store<f64>(to, squares, 8);
  }
}

@unmanaged
export class BatchNorm2dStatisticsArgs {
  /** What `batchNorm2dMoments` made. */
  sums: usize;
  runningMean: usize;
  runningVar: usize;
  numBatchesTracked: usize;
  mean: usize;
  invStd: usize;
  batch: i32;
  channels: i32;
  area: i32;
  eps: f32;
  momentum: f32;
}

/**
 * Mean and invStd of each channel; moves the running statistics, and counts the
 * batch, by one part. What is around the mean of the first image is moved to the mean
 * of all. That costs few digits: what lies between the two means is part of the
 * variance, by its square over the batch.
 */
export function batchNorm2dStatistics(
  args: BatchNorm2dStatisticsArgs,
  _part: i32,
  _parts: i32,
): void {
  const runningMean = args.runningMean;
  const runningVar = args.runningVar;
  const mean = args.mean;
  const invStd = args.invStd;
  const channels = args.channels;
  const eps: f64 = args.eps;
  const momentum: f64 = args.momentum;
  const batches = args.numBatchesTracked;
  const count: f64 = <f64> args.batch * <f64> args.area;
  const sums = args.sums;
  addRows(sums, args.batch, channels);
  for (let c = 0; c < channels; c++) {
    const from = sums + (<usize> c << 4);
    const sum = load<f64>(from), around = load<f64>(from, 8);
    const at: usize = c << 2;
    const center: f64 = load<f32>(mean + at) + sum / count;
    const deviation = max<f64>(around - sum * sum / count, 0);
    const variance = deviation / count;
    store<f32>(mean + at, <f32> center);
    store<f32>(invStd + at, <f32> (1 / sqrt<f64>(variance + eps)));
    move(runningMean + at, center, momentum);
    move(runningVar + at, deviation / (count - 1), momentum);
  }
  if (batches != 0) store<i32>(batches, load<i32>(batches) + 1);
}

/** Moves a number towards a value by a share of the way. */
function move(number: usize, value: f64, share: f64): void {
  const before: f64 = load<f32>(number);
  store<f32>(number, <f32> (before + share * (value - before)));
}

function plane(x: usize, index: i32, area: i32): usize {
  return x + <usize> index * <usize> (area << 2);
}

@unmanaged
export class BatchNorm2dNormaliseArgs {
  x: usize;
  mean: usize;
  invStd: usize;
  weight: usize;
  bias: usize;
  output: usize;
  batch: i32;
  channels: i32;
  area: i32;
  /** Outputs below are this: 0 with a ReLU, −∞ without. */
  least: f32;
}

/** `output = max((x − mean) · invStd · weight + bias, least)`; NaN stays NaN. */
export function batchNorm2dNormalise(
  args: BatchNorm2dNormaliseArgs,
  part: i32,
  parts: i32,
): void {
  const x = args.x;
  const mean = args.mean;
  const invStd = args.invStd;
  const weight = args.weight;
  const bias = args.bias;
  const output = args.output;
  const channels = args.channels;
  const area = args.area;
  const least = args.least, leasts = f32x4.splat(least);
  const planes = args.batch * channels;
  const end = partStart(planes, part + 1, parts);
  for (let p = partStart(planes, part, parts); p < end; p++) {
    const channel: usize = (p % channels) << 2;
    const center = load<f32>(mean + channel);
    const factor = load<f32>(invStd + channel) *
      load<f32>(weight + channel);
    const shift = load<f32>(bias + channel);
    const centers = f32x4.splat(center), factors = f32x4.splat(factor);
    const shifts = f32x4.splat(shift);
    const from = plane(x, p, area), to = plane(output, p, area);
    let i = 0;
    for (; i + 4 <= area; i += 4) {
      const at: usize = i << 2;
      const difference = f32x4.sub(v128.load(from + at), centers);
      const normalised = fma(difference, factors, shifts);
      v128.store(to + at, f32x4.max(normalised, leasts));
    }
    for (; i < area; i++) {
      const at: usize = i << 2;
      const normalised = (load<f32>(from + at) - center) * factor + shift;
      store<f32>(to + at, max<f32>(normalised, least));
    }
  }
}

@unmanaged
export class BatchNorm2dInvStdArgs {
  variance: usize;
  invStd: usize;
  channels: i32;
  eps: f32;
}

/** `invStd = 1 / √(variance + eps)`, by one part. */
export function batchNorm2dInvStd(
  args: BatchNorm2dInvStdArgs,
  _part: i32,
  _parts: i32,
): void {
  const variance = args.variance;
  const invStd = args.invStd;
  const channels = args.channels;
  const eps: f64 = args.eps;
  for (let channel = 0; channel < channels; channel++) {
    const at: usize = channel << 2;
    const root = sqrt<f64>(<f64> load<f32>(variance + at) + eps);
    store<f32>(invStd + at, <f32> (1 / root));
  }
}

@unmanaged
export class BatchNorm2dGradientSumsArgs {
  gradOutput: usize;
  /** Of a ReLU behind: where it is not above 0, gradOutput counts as 0. Or 0 for none. */
  rectified: usize;
  x: usize;
  mean: usize;
  /** `[batch, channels, 2]`, f64. */
  sums: usize;
  batch: i32;
  channels: i32;
  area: i32;
}

/** `Σ g · (x − mean)` and `Σ g` of each plane. */
export function batchNorm2dGradientSums(
  args: BatchNorm2dGradientSumsArgs,
  part: i32,
  parts: i32,
): void {
  const gradOutput = args.gradOutput, rectified = args.rectified;
  const x = args.x;
  const mean = args.mean;
  const sums = args.sums;
  const channels = args.channels;
  const area = args.area;
  const planes = args.batch * channels;
  const end = partStart(planes, part + 1, parts);
  for (let p = partStart(planes, part, parts); p < end; p++) {
    const products = productsAround(
      plane(gradOutput, p, area),
      rectified == 0 ? 0 : plane(rectified, p, area),
      plane(x, p, area),
      area,
      load<f32>(mean + (<usize> (p % channels) << 2)),
    );
    const to = sums + (<usize> p << 4);
    store<f64>(to, products);
    store<f64>(to, sumOfFactors, 8);
  }
}

@unmanaged
export class BatchNorm2dParameterGradientArgs {
  /** Two sums of each plane, `[batch, channels, 2]`, f64. */
  sums: usize;
  invStd: usize;
  gradWeight: usize;
  gradBias: usize;
  batch: i32;
  channels: i32;
}

/**
 * The sums of each channel, in f64 over the images; invStd times the first is the
 * gradient with respect to the weight, the second that with respect to the bias. By
 * one part.
 */
export function batchNorm2dParameterGradient(
  args: BatchNorm2dParameterGradientArgs,
  _part: i32,
  _parts: i32,
): void {
  const invStd = args.invStd;
  const gradWeight = args.gradWeight;
  const gradBias = args.gradBias;
  const channels = args.channels;
  const sums = args.sums;
  addRows(sums, args.batch, channels);
  for (let c = 0; c < channels; c++) {
    const channel: usize = c << 2, from = sums + (<usize> c << 4);
    const factor: f64 = load<f32>(invStd + channel);
    store<f32>(gradWeight + channel, <f32> (load<f64>(from) * factor));
    store<f32>(gradBias + channel, <f32> load<f64>(from, 8));
  }
}

@unmanaged
export class BatchNorm2dInputGradientArgs {
  gradOutput: usize;
  /** See `batchNorm2dParameterGradient`. */
  rectified: usize;
  x: usize;
  mean: usize;
  invStd: usize;
  weight: usize;
  gradWeight: usize;
  gradBias: usize;
  gradX: usize;
  batch: i32;
  channels: i32;
  area: i32;
}

/**
 * `weight · invStd · (g − Σg / N − (x − mean) · slope)` with
 * `slope = invStd · gradWeight / N`: see `reference.ts`.
 */
export function batchNorm2dInputGradient(
  args: BatchNorm2dInputGradientArgs,
  part: i32,
  parts: i32,
): void {
  const gradOutput = args.gradOutput, rectified = args.rectified;
  const x = args.x;
  const mean = args.mean;
  const invStd = args.invStd;
  const weight = args.weight;
  const gradWeight = args.gradWeight;
  const gradBias = args.gradBias;
  const gradX = args.gradX;
  const batch = args.batch;
  const channels = args.channels;
  const area = args.area;
  const count: f32 = <f32> batch * <f32> area;
  const planes = batch * channels;
  const end = partStart(planes, part + 1, parts);
  for (let p = partStart(planes, part, parts); p < end; p++) {
    const channel: usize = (p % channels) << 2;
    const inverse = load<f32>(invStd + channel);
    const center = load<f32>(mean + channel);
    const factor = load<f32>(weight + channel) * inverse;
    const average = load<f32>(gradBias + channel) / count;
    const slope = load<f32>(gradWeight + channel) * inverse / count;
    const centers = f32x4.splat(center), factors = f32x4.splat(factor);
    const averages = f32x4.splat(average), slopes = f32x4.splat(-slope);
    const gradient = plane(gradOutput, p, area), from = plane(x, p, area);
    const to = plane(gradX, p, area);
    const mask = rectified == 0 ? 0 : plane(rectified, p, area);
    let i = 0;
    for (; i + 4 <= area; i += 4) {
      const at: usize = i << 2;
      const difference = f32x4.sub(v128.load(from + at), centers);
      let g = v128.load(gradient + at);
      if (mask != 0) g = unblocked(g, mask + at);
      const rest = f32x4.sub(g, averages);
      v128.store(to + at, f32x4.mul(factors, fma(difference, slopes, rest)));
    }
    for (; i < area; i++) {
      const at: usize = i << 2;
      const difference = load<f32>(from + at) - center;
      let g = load<f32>(gradient + at);
      if (mask != 0 && load<f32>(mask + at) <= 0) g = 0;
      const rest = g - average;
      store<f32>(to + at, factor * (rest - difference * slope));
    }
  }
}

@unmanaged
export class BatchNorm2dEvalInputGradientArgs {
  gradOutput: usize;
  invStd: usize;
  weight: usize;
  gradX: usize;
  batch: i32;
  channels: i32;
  area: i32;
}

/** `gradX = gradOutput · weight · invStd`. */
export function batchNorm2dEvalInputGradient(
  args: BatchNorm2dEvalInputGradientArgs,
  part: i32,
  parts: i32,
): void {
  const gradOutput = args.gradOutput;
  const invStd = args.invStd;
  const weight = args.weight;
  const gradX = args.gradX;
  const channels = args.channels;
  const area = args.area;
  const planes = args.batch * channels;
  const end = partStart(planes, part + 1, parts);
  for (let p = partStart(planes, part, parts); p < end; p++) {
    const channel: usize = (p % channels) << 2;
    const factor = load<f32>(weight + channel) *
      load<f32>(invStd + channel);
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
