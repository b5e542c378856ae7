// @ts-nocheck: AssemblyScript, compiled by `deno task kernels`.

import { fma } from "../../lib/simd/fma.ts";
import { partStart } from "../../lib/simd/parts.ts";

@unmanaged
export class BlurArgs {
  x: usize;
  weights: usize;
  output: usize;
  outer: i32;
  size: i32;
  inner: i32;
  taps: i32;
  factor: f32;
  /** Memory for a plane with its mirrored lines, and its bytes for each part. */
  padded: usize;
  stride: i32;
}

/**
 * Blurs the middle axis of `[outer, size, inner]`: the weighted neighbours are
 * added from the first to the last, times `factor`. Beyond the edges they are
 * mirrored: a part writes them into memory of its own, so that all elements are
 * made alike. A part computes an unbroken range of the planes.
 */
export function blur(args: BlurArgs, part: i32, parts: i32): void {
  const weights = args.weights;
  const outer = args.outer;
  const size = args.size;
  const inner = args.inner;
  const taps = args.taps;
  const factor = args.factor;
  const padded: usize = args.padded + part * args.stride;
  const bytes: usize = size * inner << 2;
  const end = partStart(outer, part + 1, parts);
  for (let plane = partStart(outer, part, parts); plane < end; plane++) {
    const from: usize = args.x + plane * bytes;
    const to: usize = args.output + plane * bytes;
    pad(from, padded, size, inner, taps >> 1);
    addTaps(padded, weights, to, size * inner, inner << 2, taps, factor);
  }
}

/** Writes a plane's `size` lines with `radius` mirrored ones before and after. */
function pad(
  from: usize,
  to: usize,
  size: i32,
  inner: i32,
  radius: i32,
): void {
  const line: usize = inner << 2;
  for (let place = -radius; place < size + radius; place++) {
    const mirrored = size - 1 - abs(size - 1 - abs(place));
    const source = from + mirrored * line;
    for (let at: usize = 0; at < line; at += 4) {
      store<f32>(to + at, load<f32>(source + at));
    }
    to += line;
  }
}

/** `to[i] = factor · Σ weights[tap] · from[i + tap · step]`, steps in bytes. */
function addTaps(
  from: usize,
  weights: usize,
  to: usize,
  length: i32,
  step: usize,
  taps: i32,
  factor: f32,
): void {
  const factors = f32x4.splat(factor);
  let i = 0;
  // Several sums at a time: one alone would wait for every addition.
  for (; i + 16 <= length; i += 16) {
    let source = from + (i << 2);
    let sum0 = f32x4.splat(0);
    let sum1 = sum0;
    let sum2 = sum0;
    let sum3 = sum0;
    for (let tap = 0; tap < taps; tap++) {
      const weight = v128.load32_splat(weights + (tap << 2));
      sum0 = fma(weight, v128.load(source), sum0);
      sum1 = fma(weight, v128.load(source, 16), sum1);
      sum2 = fma(weight, v128.load(source, 32), sum2);
      sum3 = fma(weight, v128.load(source, 48), sum3);
      source += step;
    }
    const at = to + (i << 2);
    v128.store(at, f32x4.mul(factors, sum0));
    v128.store(at, f32x4.mul(factors, sum1), 16);
    v128.store(at, f32x4.mul(factors, sum2), 32);
    v128.store(at, f32x4.mul(factors, sum3), 48);
  }
  for (; i + 4 <= length; i += 4) {
    let source = from + (i << 2);
    let sum = f32x4.splat(0);
    for (let tap = 0; tap < taps; tap++) {
      const weight = v128.load32_splat(weights + (tap << 2));
      sum = fma(weight, v128.load(source), sum);
      source += step;
    }
    v128.store(to + (i << 2), f32x4.mul(factors, sum));
  }
  for (; i < length; i++) {
    let source = from + (i << 2);
    let sum: f32 = 0;
    for (let tap = 0; tap < taps; tap++) {
      sum += load<f32>(weights + (tap << 2)) * load<f32>(source);
      source += step;
    }
    store<f32>(to + (i << 2), factor * sum);
  }
}
