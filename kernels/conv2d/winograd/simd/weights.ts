// @ts-nocheck: AssemblyScript, compiled by `deno task kernels`.

// The weights' side of `winograd.ts`: once for a batch, not for every image.

import { fma } from "../../../lib/simd/fma.ts";
import { partStart } from "../../../lib/simd/parts.ts";
import {
  transformKernel3x3,
  transformKernelBack3x3,
} from "./_transforms_3x3.ts";
import {
  transformKernelBackStrided,
  transformKernelStrided,
} from "./_transforms_strided.ts";
import { GAP, TEMPORARY } from "./winograd.ts";

@unmanaged
export class WinogradWeightsArgs {
  weight: usize;
  transformed: usize;
  /** Channels of the outer axis and of the lanes. */
  outer: i32;
  lanes: i32;
  /** Rows, and columns, of a kernel: 5 or 3. */
  kernelSide: i32;
  /** 1; or 2, for kernels of 3×3. */
  stride: i32;
  /** Floats from one outer channel to the next, and from one lane to the next. */
  outerStep: i32;
  laneStep: i32;
  /** Memory of part 0, and bytes from one part's memory to the next one's. */
  memory: usize;
  memoryStride: usize;
}

/**
 * `G g Gᵀ` of weights `[outChannels, inChannels, k, k]`, as `[frequencies, outer,
 * lanes]`: either of the two kinds of channels may be the lanes, a multiple of 4.
 */
export function winogradWeights(
  args: WinogradWeightsArgs,
  part: i32,
  parts: i32,
): void {
  const weight = args.weight, to = args.transformed;
  const outer = args.outer, lanes = args.lanes;
  const outerStep: usize = args.outerStep << 2;
  const laneStep: usize = args.laneStep << 2;
  const taps = args.memory + args.memoryStride * part;
  const half = taps + 400;
  const kernelSide = args.kernelSide, side = kernelSide + 3;
  const tapBytes: usize = (kernelSide * kernelSide) << 2;
  const inRow = lanes >> 2;
  const frequency = (<usize> (outer * lanes) << 2) + GAP;
  const end = partStart(outer * inRow, part + 1, parts);
  for (let i = partStart(outer * inRow, part, parts); i < end; i++) {
    const from = weight + <usize> (i / inRow) * outerStep +
      <usize> (i % inRow << 2) * laneStep;
    for (let tap: usize = 0; tap < tapBytes; tap += 4) {
      const at = taps + (tap << 2);
      store<f32>(at, load<f32>(from + tap));
      store<f32>(at, load<f32>(from + laneStep + tap), 4);
      store<f32>(at, load<f32>(from + 2 * laneStep + tap), 8);
      store<f32>(at, load<f32>(from + 3 * laneStep + tap), 12);
    }
    const own = to + (<usize> i << 4);
    const next = <usize> side * frequency;
    if (kernelSide == 5) {
      transformKernel(taps, 80, 16, half, 80, 16, 5);
      transformKernel(half, 16, 80, own, frequency, next, 8);
    } else if (args.stride == 1) {
      transformKernel3x3(taps, 48, 16, half, 48, 16, 3);
      transformKernel3x3(half, 16, 48, own, frequency, next, 6);
    } else {
      transformKernelStrided(taps, 48, 16, half, 48, 16, 3);
      transformKernelStrided(half, 16, 48, own, frequency, next, 6);
    }
  }
}

@unmanaged
export class WinogradCachedWeightsArgs extends WinogradWeightsArgs {
  /** What each lane is multiplied by, `[lanes]`. */
  factor: usize;
  /** Floats of `transformed` before its copy of weights and factors. */
  start: i32;
}

/**
 * As {@link winogradWeights}, with a factor and by one part, unless `transformed` is
 * of these weights already, bit by bit: behind it is a copy of those that it is of,
 * and of their factors. Zeros are of zeros.
 */
export function winogradCachedWeights(
  args: WinogradCachedWeightsArgs,
  _part: i32,
  _parts: i32,
): void {
  const lanes = args.lanes;
  const copy = args.transformed + (<usize> args.start << 2);
  const taps = args.kernelSide * args.kernelSide;
  const bytes = <usize> (args.outer * lanes * taps) << 2;
  const factorBytes: usize = lanes << 2;
  const weight = args.weight, factor = args.factor;
  if (
    isSame(weight, copy, bytes) && isSame(factor, copy + bytes, factorBytes)
  ) return;
  memory.copy(copy, weight, bytes);
  memory.copy(copy + bytes, factor, factorBytes);
  winogradWeights(args, 0, 1);
  const frequency = (<usize> (args.outer * lanes) << 2) + GAP;
  const side = args.kernelSide + 3;
  for (let i = 0; i < side * side; i++) {
    scaleRows(
      args.transformed + <usize> i * frequency,
      args.outer,
      factor,
      lanes,
    );
  }
}

/** Whether so many bytes, a multiple of 32, are the same. */
function isSame(a: usize, b: usize, bytes: usize): bool {
  let differs = i32x4.splat(0);
  for (let at: usize = 0; at < bytes; at += 32) {
    const low = v128.xor(v128.load(a + at), v128.load(b + at));
    const high = v128.xor(v128.load(a + at, 16), v128.load(b + at, 16));
    differs = v128.or(differs, v128.or(low, high));
  }
  return !v128.any_true(differs);
}

/** Multiplies each row by the factors of its columns. */
function scaleRows(at: usize, rows: i32, factor: usize, columns: i32): void {
  for (let row = 0; row < rows; row++) {
    for (let column: usize = 0; column < <usize> columns << 2; column += 16) {
      v128.store(at, f32x4.mul(v128.load(at), v128.load(factor + column)));
      at += 16;
    }
  }
}

/** `G`: 5 elements to 8; see `_transforms.ts`. */
export function transformKernel(
  from: usize,
  step: usize,
  next: usize,
  to: usize,
  toStep: usize,
  toNext: usize,
  count: i32,
): void {
  const ninths = f32x4.splat(-2.0 / 9), ninetieth = f32x4.splat(1.0 / 90);
  const most = f32x4.splat(32.0 / 45);
  for (let i = 0; i < count; i++) {
    let at = from;
    const w0 = v128.load(at);
    at += step;
    const w1 = v128.load(at);
    at += step;
    const w2 = v128.load(at);
    at += step;
    const w3 = v128.load(at);
    at += step;
    const w4 = v128.load(at);
    at = to;
    v128.store(at, w0);
    at += toStep;
    let even = f32x4.mul(f32x4.add(f32x4.add(w0, w2), w4), ninths);
    let odd = f32x4.mul(f32x4.add(w1, w3), ninths);
    v128.store(at, f32x4.add(even, odd));
    at += toStep;
    v128.store(at, f32x4.sub(even, odd));
    at += toStep;
    even = fma(w4, f32x4.splat(16), fma(w2, f32x4.splat(4), w0));
    even = f32x4.mul(even, ninetieth);
    odd = fma(w3, f32x4.splat(8), f32x4.mul(w1, f32x4.splat(2)));
    odd = f32x4.mul(odd, ninetieth);
    v128.store(at, f32x4.add(even, odd));
    at += toStep;
    v128.store(at, f32x4.sub(even, odd));
    at += toStep;
    even = fma(w4, f32x4.splat(0.0625), fma(w2, f32x4.splat(0.25), w0));
    even = f32x4.mul(even, most);
    odd = fma(w3, f32x4.splat(0.125), f32x4.mul(w1, f32x4.splat(0.5)));
    odd = f32x4.mul(odd, most);
    v128.store(at, f32x4.add(even, odd));
    at += toStep;
    v128.store(at, f32x4.sub(even, odd));
    at += toStep;
    v128.store(at, w4);
    from += next;
    to += toNext;
  }
}

@unmanaged
export class WinogradWeightGradientArgs {
  gradWeight: usize;
  /** Memory of part 0 of the gradients, and bytes to the next part's. */
  memory: usize;
  memoryStride: usize;
  inChannels: i32;
  outChannels: i32;
  /** Rows, and columns, of a kernel: 5 or 3. */
  kernelSide: i32;
  /** 1; or 2, for kernels of 3×3. */
  stride: i32;
  /** How many parts have sums. */
  summed: i32;
}

/**
 * Adds the sums that `winogradGradient` left for each of its parts, in their
 * order, and transforms them: `Gᵀ s G`.
 */
export function winogradWeightGradient(
  args: WinogradWeightGradientArgs,
  part: i32,
  parts: i32,
): void {
  const gradWeight = args.gradWeight, memory = args.memory;
  const stride = args.memoryStride;
  const inChannels = args.inChannels, outChannels = args.outChannels;
  const summed: usize = args.summed;
  const sum = memory + stride * part;
  const half = sum + 1024;
  const inRow = outChannels >> 2;
  const frequency = (<usize> (inChannels * outChannels) << 2) + GAP;
  const kernelSide = args.kernelSide, side = kernelSide + 3;
  const frequencies: usize = side * side;
  const kernelBytes: usize = (kernelSide * kernelSide) << 2;
  const outStep = <usize> inChannels * kernelBytes;
  const end = partStart(inChannels * inRow, part + 1, parts);
  for (let i = partStart(inChannels * inRow, part, parts); i < end; i++) {
    const from = memory + TEMPORARY + (<usize> i << 4);
    for (let at: usize = 0; at < frequencies; at++) {
      let lanes = v128.load(from + at * frequency);
      for (let other: usize = 1; other < summed; other++) {
        const more = v128.load(from + at * frequency + other * stride);
        lanes = f32x4.add(lanes, more);
      }
      v128.store(sum + (at << 4), lanes);
    }
    if (kernelSide == 5) {
      transformKernelBack(sum, 128, 16, half, 128, 16, 8);
      transformKernelBack(half, 16, 128, sum, 16, 80, 5);
    } else if (args.stride == 1) {
      transformKernelBack3x3(sum, 96, 16, half, 96, 16, 6);
      transformKernelBack3x3(half, 16, 96, sum, 16, 48, 3);
    } else {
      transformKernelBackStrided(sum, 96, 16, half, 96, 16, 6);
      transformKernelBackStrided(half, 16, 96, sum, 16, 48, 3);
    }
    const to = gradWeight + <usize> (i / inRow) * kernelBytes +
      <usize> (i % inRow << 2) * outStep;
    for (let tap: usize = 0; tap < kernelBytes; tap += 4) {
      const at = sum + (tap << 2);
      store<f32>(to + tap, load<f32>(at));
      store<f32>(to + outStep + tap, load<f32>(at, 4));
      store<f32>(to + 2 * outStep + tap, load<f32>(at, 8));
      store<f32>(to + 3 * outStep + tap, load<f32>(at, 12));
    }
  }
}

/** `Gᵀ`: 8 elements to 5. */
function transformKernelBack(
  from: usize,
  step: usize,
  next: usize,
  to: usize,
  toStep: usize,
  toNext: usize,
  count: i32,
): void {
  const ninths = f32x4.splat(-2.0 / 9), ninetieth = f32x4.splat(1.0 / 90);
  const most = f32x4.splat(32.0 / 45);
  for (let i = 0; i < count; i++) {
    let at = from;
    const s0 = v128.load(at);
    at += step;
    let x = v128.load(at);
    at += step;
    let y = v128.load(at);
    at += step;
    const u1 = f32x4.mul(f32x4.add(x, y), ninths);
    const v1 = f32x4.mul(f32x4.sub(x, y), ninths);
    x = v128.load(at);
    at += step;
    y = v128.load(at);
    at += step;
    const u2 = f32x4.mul(f32x4.add(x, y), ninetieth);
    const v2 = f32x4.mul(f32x4.sub(x, y), ninetieth);
    x = v128.load(at);
    at += step;
    y = v128.load(at);
    at += step;
    const u3 = f32x4.mul(f32x4.add(x, y), most);
    const v3 = f32x4.mul(f32x4.sub(x, y), most);
    const s7 = v128.load(at);
    at = to;
    v128.store(at, f32x4.add(f32x4.add(s0, u1), f32x4.add(u2, u3)));
    at += toStep;
    v128.store(at, fma(v2, f32x4.splat(2), fma(v3, f32x4.splat(0.5), v1)));
    at += toStep;
    v128.store(at, fma(u2, f32x4.splat(4), fma(u3, f32x4.splat(0.25), u1)));
    at += toStep;
    v128.store(at, fma(v2, f32x4.splat(8), fma(v3, f32x4.splat(0.125), v1)));
    at += toStep;
    const rest = fma(u3, f32x4.splat(0.0625), f32x4.add(u1, s7));
    v128.store(at, fma(u2, f32x4.splat(16), rest));
    from += next;
    to += toNext;
  }
}
