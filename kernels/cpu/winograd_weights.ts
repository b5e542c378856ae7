// @ts-nocheck: AssemblyScript, compiled by `deno task kernels`.

// The weights' side of `winograd.ts`: once for a batch, not for every image.

import { fma } from "../lib/simd/fma.ts";
import { partStart } from "../lib/simd/parts.ts";
import { PLACES } from "./_winograd_products.ts";
import { TEMPORARY } from "./winograd.ts";

/**
 * `G g Gᵀ` of weights `[outChannels, inChannels, 5, 5]`, as `[64, outer,
 * lanes]`: either of the two kinds of channels may be the lanes, a multiple of
 * 4. Arguments: weight, transformed, outer, lanes, floats from one outer channel
 * to the next and from one lane to the next, scratch memory and bytes of it for
 * a thread.
 */
export function winogradWeights(args: usize, thread: i32, threads: i32): void {
  const weight: usize = load<u32>(args), to: usize = load<u32>(args, 4);
  const outer = load<i32>(args, 8), lanes = load<i32>(args, 12);
  const outerStep: usize = load<u32>(args, 16) << 2;
  const laneStep: usize = load<u32>(args, 20) << 2;
  const stride: usize = load<u32>(args, 28);
  const taps: usize = load<u32>(args, 24) + stride * thread;
  const half = taps + 400;
  const inRow = lanes >> 2;
  const place: usize = (outer * lanes) << 2;
  const end = partStart(outer * inRow, thread + 1, threads);
  for (let i = partStart(outer * inRow, thread, threads); i < end; i++) {
    const from = weight + <usize> (i / inRow) * outerStep +
      <usize> (i % inRow << 2) * laneStep;
    for (let tap: usize = 0; tap < 100; tap += 4) {
      const at = taps + (tap << 2);
      store<f32>(at, load<f32>(from + tap));
      store<f32>(at, load<f32>(from + laneStep + tap), 4);
      store<f32>(at, load<f32>(from + 2 * laneStep + tap), 8);
      store<f32>(at, load<f32>(from + 3 * laneStep + tap), 12);
    }
    transformKernel(taps, 80, 16, half, 80, 16, 5);
    transformKernel(half, 16, 80, to + (<usize> i << 4), place, 8 * place, 8);
  }
}

/** `G`: 5 elements to 8; see `_winograd_transforms.ts`. */
function transformKernel(
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

/**
 * Adds up what `winogradGradient` left for each of `parts` threads, in their
 * order, and transforms it: `Gᵀ s G`. Arguments: gradWeight, scratch memory and
 * bytes of it for a thread, inChannels, outChannels, parts.
 */
export function winogradWeightGradient(
  args: usize,
  thread: i32,
  threads: i32,
): void {
  const gradWeight: usize = load<u32>(args),
    scratch: usize = load<u32>(args, 4);
  const stride: usize = load<u32>(args, 8);
  const inChannels = load<i32>(args, 12), outChannels = load<i32>(args, 16);
  const parts: usize = load<u32>(args, 20);
  const sum = scratch + stride * thread;
  const half = sum + 1024;
  const inRow = outChannels >> 2;
  const place: usize = (inChannels * outChannels) << 2;
  const outStep: usize = inChannels * 100;
  const end = partStart(inChannels * inRow, thread + 1, threads);
  for (let i = partStart(inChannels * inRow, thread, threads); i < end; i++) {
    const from = scratch + TEMPORARY + (<usize> i << 4);
    for (let at: usize = 0; at < <usize> PLACES; at++) {
      let lanes = v128.load(from + at * place);
      for (let part: usize = 1; part < parts; part++) {
        const other = v128.load(from + at * place + part * stride);
        lanes = f32x4.add(lanes, other);
      }
      v128.store(sum + (at << 4), lanes);
    }
    transformKernelBack(sum, 128, 16, half, 128, 16, 8);
    transformKernelBack(half, 16, 128, sum, 16, 80, 5);
    const to = gradWeight + <usize> (i / inRow) * 100 +
      <usize> (i % inRow << 2) * outStep;
    for (let tap: usize = 0; tap < 100; tap += 4) {
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
