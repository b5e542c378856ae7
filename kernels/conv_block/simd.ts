// @ts-nocheck: AssemblyScript, compiled by `deno task kernels`.

// What a block of convolution, batch normalisation, ReLU and 2×2 max pooling does
// beside the convolution: one pass over memory forward, two for the gradients.
//
// The forward pass leaves `picked` to the gradients: the convolution's value that
// each window picked, by which they find the element, the first of the window
// that is equal.

import { fma } from "../lib/simd/fma.ts";
import { partStart } from "../lib/simd/parts.ts";
import { exactSum } from "../lib/simd/sums.ts";

@unmanaged
export class ConvBlockFinishArgs {
  convolved: usize;
  mean: usize;
  invStd: usize;
  scale: usize;
  shift: usize;
  output: usize;
  picked: usize;
  batch: i32;
  channels: i32;
  height: i32;
  width: i32;
}

/**
 * `output = max over the window of max(normalised, 0)`, the first of equals,
 * NaN above all. A part is an unbroken range of the planes.
 */
export function convBlockFinish(
  args: ConvBlockFinishArgs,
  part: i32,
  parts: i32,
): void {
  const convolved = args.convolved;
  const mean = args.mean;
  const invStd = args.invStd;
  const scale = args.scale;
  const shift = args.shift;
  const output = args.output;
  const picked = args.picked;
  const channels = args.channels;
  const planes = args.batch * channels;
  const height = args.height, width = args.width;
  const outHeight = height >> 1, outWidth = width >> 1;
  const end = partStart(planes, part + 1, parts);
  for (let plane = partStart(planes, part, parts); plane < end; plane++) {
    const channel: usize = (plane % channels) << 2;
    const center = load<f32>(mean + channel);
    const factor = load<f32>(invStd + channel) *
      load<f32>(scale + channel);
    const constant = load<f32>(shift + channel);
    for (let row = 0; row < outHeight; row++) {
      const upper = convolved +
        (<usize> ((plane * height + row * 2) * width) << 2);
      const to: usize = ((plane * outHeight + row) * outWidth) << 2;
      finishRow(
        upper,
        upper + (<usize> width << 2),
        output + to,
        picked + to,
        outWidth,
        center,
        factor,
        constant,
      );
    }
  }
}

/** A row of windows, four at once; the last four may be done twice. */
function finishRow(
  upper: usize,
  lower: usize,
  output: usize,
  picked: usize,
  outWidth: i32,
  center: f32,
  factor: f32,
  constant: f32,
): void {
  if (outWidth < 4) {
    for (let column = 0; column < outWidth; column++) {
      const from: usize = column << 3, to: usize = column << 2;
      finishWindow(
        upper + from,
        lower + from,
        output + to,
        picked + to,
        center,
        factor,
        constant,
      );
    }
    return;
  }
  const centers = f32x4.splat(center), factors = f32x4.splat(factor);
  const constants = f32x4.splat(constant), zero = f32x4.splat(0);
  for (let next = 0; next < outWidth; next += 4) {
    const column = min(next, outWidth - 4);
    const from: usize = column << 3;
    let left = v128.load(upper + from), right = v128.load(upper + from, 16);
    let value = v128.shuffle<f32>(left, right, 0, 2, 4, 6);
    let best = fma(f32x4.sub(value, centers), factors, constants);
    let source = value;
    value = v128.shuffle<f32>(left, right, 1, 3, 5, 7);
    let other = fma(f32x4.sub(value, centers), factors, constants);
    let better = isBetter(other, best);
    best = v128.bitselect(other, best, better);
    source = v128.bitselect(value, source, better);
    left = v128.load(lower + from);
    right = v128.load(lower + from, 16);
    value = v128.shuffle<f32>(left, right, 0, 2, 4, 6);
    other = fma(f32x4.sub(value, centers), factors, constants);
    better = isBetter(other, best);
    best = v128.bitselect(other, best, better);
    source = v128.bitselect(value, source, better);
    value = v128.shuffle<f32>(left, right, 1, 3, 5, 7);
    other = fma(f32x4.sub(value, centers), factors, constants);
    better = isBetter(other, best);
    best = v128.bitselect(other, best, better);
    source = v128.bitselect(value, source, better);
    const to: usize = column << 2;
    v128.store(output + to, f32x4.max(best, zero));
    v128.store(picked + to, source);
  }
}

/** Lanes in which the next element takes the place of the best. */
function isBetter(next: v128, best: v128): v128 {
  return v128.or(f32x4.gt(next, best), f32x4.ne(next, next));
}

/** One window of a narrow image. */
function finishWindow(
  upper: usize,
  lower: usize,
  output: usize,
  picked: usize,
  center: f32,
  factor: f32,
  constant: f32,
): void {
  let best: f32 = 0, source: f32 = 0;
  for (let i = 0; i < 4; i++) {
    const row = i < 2 ? upper : lower;
    const value = load<f32>(row + (<usize> (i & 1) << 2));
    const normalised = (value - center) * factor + constant;
    if (i == 0 || normalised > best || normalised != normalised) {
      best = normalised;
      source = value;
    }
  }
  store<f32>(output, max<f32>(best, 0));
  store<f32>(picked, source);
}

@unmanaged
export class ConvBlockGradientSumsArgs {
  gradOutput: usize;
  output: usize;
  picked: usize;
  mean: usize;
  /** `[batch, channels, 2]`, f64. */
  sums: usize;
  batch: i32;
  channels: i32;
  area: i32;
}

/**
 * `Σ g · (picked − mean)` and `Σ g` of each plane, where g is gradOutput, or 0 where
 * the ReLU's output is; `area` is the one of the output. A part is an unbroken range
 * of the planes: sums run in f32, in four lanes, which are added in f64.
 */
export function convBlockGradientSums(
  args: ConvBlockGradientSumsArgs,
  part: i32,
  parts: i32,
): void {
  const gradOutput = args.gradOutput;
  const output = args.output;
  const picked = args.picked;
  const mean = args.mean;
  const sums = args.sums;
  const channels = args.channels;
  const area = args.area;
  const planes = args.batch * channels;
  const zero = f32x4.splat(0);
  const end = partStart(planes, part + 1, parts);
  for (let plane = partStart(planes, part, parts); plane < end; plane++) {
    const center = load<f32>(mean + (<usize> (plane % channels) << 2));
    const centers = f32x4.splat(center);
    const start: usize = (plane * area) << 2;
    let lanes = zero, productLanes = zero;
    let i = 0;
    for (; i + 4 <= area; i += 4) {
      const at = start + (<usize> i << 2);
      const blocked = f32x4.le(v128.load(output + at), zero);
      const g = v128.andnot(v128.load(gradOutput + at), blocked);
      lanes = f32x4.add(lanes, g);
      const difference = f32x4.sub(v128.load(picked + at), centers);
      productLanes = fma(g, difference, productLanes);
    }
    let sum = exactSum(lanes, zero);
    let products = exactSum(productLanes, zero);
    for (; i < area; i++) {
      const at = start + (<usize> i << 2);
      if (load<f32>(output + at) <= 0) continue;
      const g: f64 = load<f32>(gradOutput + at);
      sum += g;
      products += g * <f64> (load<f32>(picked + at) - center);
    }
    const to = sums + (<usize> plane << 4);
    store<f64>(to, products);
    store<f64>(to, sum, 8);
  }
}

@unmanaged
export class ConvBlockGradConvolvedArgs {
  gradOutput: usize;
  output: usize;
  picked: usize;
  convolved: usize;
  mean: usize;
  invStd: usize;
  scale: usize;
  gradScale: usize;
  gradShift: usize;
  gradConvolved: usize;
  batch: i32;
  channels: i32;
  height: i32;
  width: i32;
}

/**
 * Gradient with respect to the convolution's output: as
 * `batchNorm2dInputGradient`, where g reaches each window's picked element alone.
 * A part is an unbroken range of the planes.
 */
export function convBlockGradConvolved(
  args: ConvBlockGradConvolvedArgs,
  part: i32,
  parts: i32,
): void {
  const gradOutput = args.gradOutput;
  const output = args.output;
  const picked = args.picked;
  const convolved = args.convolved;
  const mean = args.mean;
  const invStd = args.invStd;
  const scale = args.scale;
  const gradScale = args.gradScale;
  const gradShift = args.gradShift;
  const gradConvolved = args.gradConvolved;
  const batch = args.batch;
  const channels = args.channels;
  const height = args.height, width = args.width;
  const outHeight = height >> 1, outWidth = width >> 1;
  const count: f32 = <f32> batch * <f32> (height * width);
  const planes = batch * channels;
  const end = partStart(planes, part + 1, parts);
  for (let plane = partStart(planes, part, parts); plane < end; plane++) {
    const channel: usize = (plane % channels) << 2;
    const inverse = load<f32>(invStd + channel);
    const center = load<f32>(mean + channel);
    const factor = load<f32>(scale + channel) * inverse;
    const constant = -factor * (load<f32>(gradShift + channel) / count);
    const slope = -factor * (load<f32>(gradScale + channel) * inverse / count);
    for (let row = 0; row < outHeight; row++) {
      const from: usize = ((plane * outHeight + row) * outWidth) << 2;
      const to: usize = ((plane * height + row * 2) * width) << 2;
      unpoolRow(
        gradOutput + from,
        output + from,
        picked + from,
        convolved + to,
        gradConvolved + to,
        <usize> width << 2,
        outWidth,
        center,
        factor,
        slope,
        constant,
      );
      if ((width & 1) == 0) continue;
      const last = to + (<usize> (width - 1) << 2);
      const below = last + (<usize> width << 2);
      unpicked(convolved + last, gradConvolved + last, center, slope, constant);
      unpicked(
        convolved + below,
        gradConvolved + below,
        center,
        slope,
        constant,
      );
    }
    if ((height & 1) == 0) continue;
    const first: usize = ((plane + 1) * height - 1) * width;
    for (let column: usize = 0; column < <usize> width; column++) {
      const at = (first + column) << 2;
      unpicked(convolved + at, gradConvolved + at, center, slope, constant);
    }
  }
}

/** An element beyond the last whole window. */
function unpicked(
  x: usize,
  gradient: usize,
  center: f32,
  slope: f32,
  constant: f32,
): void {
  store<f32>(gradient, (load<f32>(x) - center) * slope + constant);
}

/** A row of windows, four at once; the last four may be done twice. */
function unpoolRow(
  gradOutput: usize,
  output: usize,
  picked: usize,
  x: usize,
  gradient: usize,
  below: usize,
  outWidth: i32,
  center: f32,
  factor: f32,
  slope: f32,
  constant: f32,
): void {
  if (outWidth < 4) {
    for (let column = 0; column < outWidth; column++) {
      const small: usize = column << 2, large: usize = column << 3;
      unpoolWindow(
        load<f32>(output + small) <= 0 ? 0 : load<f32>(gradOutput + small),
        load<f32>(picked + small),
        x + large,
        gradient + large,
        below,
        center,
        factor,
        slope,
        constant,
      );
    }
    return;
  }
  const centers = f32x4.splat(center), factors = f32x4.splat(factor);
  const slopes = f32x4.splat(slope), constants = f32x4.splat(constant);
  const zero = f32x4.splat(0);
  for (let next = 0; next < outWidth; next += 4) {
    const column = min(next, outWidth - 4);
    const small: usize = column << 2, large: usize = column << 3;
    const blocked = f32x4.le(v128.load(output + small), zero);
    const g = f32x4.mul(
      v128.andnot(v128.load(gradOutput + small), blocked),
      factors,
    );
    const source = v128.load(picked + small);

    let left = v128.load(x + large), right = v128.load(x + large, 16);
    let even = v128.shuffle<f32>(left, right, 0, 2, 4, 6);
    let odd = v128.shuffle<f32>(left, right, 1, 3, 5, 7);
    let found = f32x4.eq(even, source);
    let taken = found;
    even = fma(f32x4.sub(even, centers), slopes, constants);
    even = f32x4.add(even, v128.and(g, found));
    found = v128.andnot(f32x4.eq(odd, source), taken);
    taken = v128.or(taken, found);
    odd = fma(f32x4.sub(odd, centers), slopes, constants);
    odd = f32x4.add(odd, v128.and(g, found));
    let to = gradient + large;
    v128.store(to, v128.shuffle<f32>(even, odd, 0, 4, 1, 5));
    v128.store(to, v128.shuffle<f32>(even, odd, 2, 6, 3, 7), 16);

    const lower = x + below + large;
    left = v128.load(lower);
    right = v128.load(lower, 16);
    even = v128.shuffle<f32>(left, right, 0, 2, 4, 6);
    odd = v128.shuffle<f32>(left, right, 1, 3, 5, 7);
    found = v128.andnot(f32x4.eq(even, source), taken);
    taken = v128.or(taken, found);
    even = fma(f32x4.sub(even, centers), slopes, constants);
    even = f32x4.add(even, v128.and(g, found));
    found = v128.andnot(f32x4.eq(odd, source), taken);
    odd = fma(f32x4.sub(odd, centers), slopes, constants);
    odd = f32x4.add(odd, v128.and(g, found));
    to += below;
    v128.store(to, v128.shuffle<f32>(even, odd, 0, 4, 1, 5));
    v128.store(to, v128.shuffle<f32>(even, odd, 2, 6, 3, 7), 16);
  }
}

/** One window of a narrow image. */
function unpoolWindow(
  g: f32,
  source: f32,
  x: usize,
  gradient: usize,
  below: usize,
  center: f32,
  factor: f32,
  slope: f32,
  constant: f32,
): void {
  let taken = false;
  for (let i = 0; i < 4; i++) {
    const at = (i < 2 ? 0 : below) + (<usize> (i & 1) << 2);
    const value = load<f32>(x + at);
    let result = (value - center) * slope + constant;
    if (!taken && value == source) {
      result += g * factor;
      taken = true;
    }
    store<f32>(gradient + at, result);
  }
}
