// @ts-nocheck: AssemblyScript, compiled by `deno task kernels`.

// Rectified linear unit and its gradient, element by element, any shape. A
// thread computes an unbroken part of the elements.

import { partStartBy4 } from "./_simd.ts";

/** `output = max(x, 0)`; NaN stays NaN. Arguments: x, output, length. */
export function reluForward(args: usize, thread: i32, threads: i32): void {
  const x: usize = load<u32>(args);
  const output: usize = load<u32>(args, 4);
  const length = load<i32>(args, 8);
  const start = partStartBy4(length, thread, threads);
  const end = partStartBy4(length, thread + 1, threads);
  const zero = f32x4.splat(0);
  let i = start;
  for (; i + 4 <= end; i += 4) {
    const at: usize = i << 2;
    v128.store(output + at, f32x4.max(v128.load(x + at), zero));
  }
  for (; i < end; i++) {
    const at: usize = i << 2;
    store<f32>(output + at, max<f32>(load<f32>(x + at), 0));
  }
}

/**
 * `gradX = output <= 0 ? 0 : gradOutput`. Arguments: gradOutput, output, gradX,
 * length.
 */
export function reluGradient(args: usize, thread: i32, threads: i32): void {
  const gradOutput: usize = load<u32>(args);
  const output: usize = load<u32>(args, 4);
  const gradX: usize = load<u32>(args, 8);
  const length = load<i32>(args, 12);
  const start = partStartBy4(length, thread, threads);
  const end = partStartBy4(length, thread + 1, threads);
  const zero = f32x4.splat(0);
  let i = start;
  for (; i + 4 <= end; i += 4) {
    const at: usize = i << 2;
    const blocked = f32x4.le(v128.load(output + at), zero);
    v128.store(gradX + at, v128.andnot(v128.load(gradOutput + at), blocked));
  }
  for (; i < end; i++) {
    const at: usize = i << 2;
    const blocked = load<f32>(output + at) <= 0;
    store<f32>(gradX + at, blocked ? 0 : load<f32>(gradOutput + at));
  }
}
