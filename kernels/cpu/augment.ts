// @ts-nocheck: AssemblyScript, compiled by `deno task kernels`.

// Random changes of the images of a batch: smooth displacements, then a warp
// with one bilinear sampling. What is drawn for a row is laid out as in
// `kernels/shapes.ts`. A thread computes an unbroken part of the batch.

import { fma } from "../lib/simd/fma.ts";
import { partStart } from "../lib/simd/parts.ts";

/** Bytes of what is drawn for a row. */
const DRAWS: usize = 44;

/**
 * Noise in [−1, 1), which depends on image, axis and pixel alone. Arguments:
 * draws, cursor, noise, batch, pixels of an image, rows of draws.
 */
export function drawNoise(args: usize, thread: i32, threads: i32): void {
  const batch = load<i32>(args, 12);
  const area = load<u32>(args, 16);
  const end = partStart(batch, thread + 1, threads);
  for (let image = partStart(batch, thread, threads); image < end; image++) {
    const draw = drawOf(
      load<u32>(args),
      load<u32>(args, 4),
      image,
      load<u32>(args, 20),
    );
    const seed = <u32> load<f32>(draw, 40);
    let to: usize = load<u32>(args, 8) + (<usize> image * area << 3);
    for (let axis: u32 = 0; axis < 2; axis++) {
      for (let pixel: u32 = 0; pixel < area; pixel++, to += 4) {
        const bits = hash(pixel, axis, seed) >> 8;
        store<f32>(to, <f32> bits * 1.1920928955078125e-7 - 1);
      }
    }
  }
}

/**
 * Blurs the middle axis of `[outer, size, inner]`: the weighted neighbours are
 * added from the first to the last, times `factor`. Beyond the edges they are
 * mirrored: a thread lays them down in its scratch memory, so that all elements
 * are made alike. Arguments: x, weights, output, outer, size, inner, taps,
 * factor, scratch memory, its bytes a thread.
 */
export function blur(args: usize, thread: i32, threads: i32): void {
  const weights: usize = load<u32>(args, 4);
  const outer = load<i32>(args, 12);
  const size = load<i32>(args, 16);
  const inner = load<i32>(args, 20);
  const taps = load<i32>(args, 24);
  const factor = load<f32>(args, 28);
  const wide: usize = load<u32>(args, 32) + thread * load<u32>(args, 36);
  const bytes: usize = size * inner << 2;
  const end = partStart(outer, thread + 1, threads);
  for (let plane = partStart(outer, thread, threads); plane < end; plane++) {
    const from: usize = load<u32>(args) + plane * bytes;
    const to: usize = load<u32>(args, 8) + plane * bytes;
    widen(from, wide, size, inner, taps >> 1);
    addTaps(wide, weights, to, size * inner, inner << 2, taps, factor);
  }
}

/** Lays `radius` mirrored lines before and after the `size` lines of a plane. */
function widen(
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

/**
 * Takes every pixel from where the draws and the displacements say. Arguments:
 * x, draws, cursor, displacements or 0, output, batch, channels, height, width,
 * mean, std, erased, rows of draws.
 */
export function warp(args: usize, thread: i32, threads: i32): void {
  const displacements: usize = load<u32>(args, 12);
  const batch = load<i32>(args, 20);
  const channels: usize = load<u32>(args, 24);
  const area: usize = load<u32>(args, 28) * load<u32>(args, 32) << 2;
  const end = partStart(batch, thread + 1, threads);
  for (let image = partStart(batch, thread, threads); image < end; image++) {
    const draw = drawOf(
      load<u32>(args, 4),
      load<u32>(args, 8),
      image,
      load<u32>(args, 48),
    );
    const offsets = displacements == 0 ? 0 : displacements + 2 * image * area;
    for (let channel: usize = 0; channel < channels; channel++) {
      const plane = (image * channels + channel) * area;
      warpPlane(
        args,
        draw,
        offsets,
        load<u32>(args) + plane,
        load<u32>(args, 16) + plane,
      );
    }
  }
}

/** Warps one channel of one image. */
function warpPlane(
  args: usize,
  draw: usize,
  offsets: usize,
  from: usize,
  to: usize,
): void {
  const height = load<i32>(args, 28);
  const width = load<i32>(args, 32);
  const mean = load<f32>(args, 36);
  const std = load<f32>(args, 40);
  const erased = load<f32>(args, 44);
  const toY: usize = height * width << 2;
  const top = load<f32>(draw, 24);
  const left = load<f32>(draw, 28);
  const bottom = load<f32>(draw, 32);
  const right = load<f32>(draw, 36);
  let at: usize = 0;
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++, at += 4) {
      let x = <f32> column;
      let y = <f32> row;
      if (y >= top && y < bottom && x >= left && x < right) {
        store<f32>(to + at, erased);
        continue;
      }
      if (offsets != 0) {
        x += load<f32>(offsets + at);
        y += load<f32>(offsets + at + toY);
      }
      const fromX = load<f32>(draw) * x + load<f32>(draw, 4) * y +
        load<f32>(draw, 8);
      const fromY = load<f32>(draw, 12) * x + load<f32>(draw, 16) * y +
        load<f32>(draw, 20);
      const value = sample(from, width, height, fromX, fromY);
      store<f32>(to + at, (value - mean) / std);
    }
  }
}

/** Bilinear; beyond the edges all is 0. */
// @ts-ignore: decorator

function sample(from: usize, width: i32, height: i32, x: f32, y: f32): f32 {
  // False for NaN too.
  if (!(x > -1 && y > -1 && x < <f32> width && y < <f32> height)) return 0;
  const left = <i32> floor(x);
  const top = <i32> floor(y);
  const partX = x - <f32> left;
  const partY = y - <f32> top;
  if (left >= 0 && top >= 0 && left + 1 < width && top + 1 < height) {
    const first = from + (<usize> (top * width + left) << 2);
    const second = first + (<usize> width << 2);
    return mix(
      mix(load<f32>(first), load<f32>(first, 4), partX),
      mix(load<f32>(second), load<f32>(second, 4), partX),
      partY,
    );
  }
  return mix(
    mix(
      pixelAt(from, width, height, left, top),
      pixelAt(from, width, height, left + 1, top),
      partX,
    ),
    mix(
      pixelAt(from, width, height, left, top + 1),
      pixelAt(from, width, height, left + 1, top + 1),
      partX,
    ),
    partY,
  );
}

// @ts-ignore: decorator

function mix(a: f32, b: f32, part: f32): f32 {
  return a + (b - a) * part;
}

function pixelAt(from: usize, width: i32, height: i32, x: i32, y: i32): f32 {
  if (x < 0 || y < 0 || x >= width || y >= height) return 0;
  return load<f32>(from + (<usize> (y * width + x) << 2));
}

/** What was drawn for an image of the batch; a row that is not there traps. */
function drawOf(draws: usize, cursor: usize, image: i32, rows: u32): usize {
  const row = load<u32>(cursor) + image;
  if (row >= rows) unreachable();
  return draws + row * DRAWS;
}

/**
 * First component of pcg3d: Jarzynski and Olano, "Hash Functions for GPU
 * Rendering" (2020). Arithmetic modulo 2³².
 */
function hash(x: u32, y: u32, z: u32): u32 {
  x = x * 1664525 + 1013904223;
  y = y * 1664525 + 1013904223;
  z = z * 1664525 + 1013904223;
  x += y * z;
  y += z * x;
  z += x * y;
  x ^= x >>> 16;
  y ^= y >>> 16;
  z ^= z >>> 16;
  return x + y * z;
}
