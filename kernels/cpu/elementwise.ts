// @ts-nocheck: AssemblyScript, compiled by `deno task kernels`.

// Arithmetic element by element, any shape. A thread computes an unbroken part
// of the elements.

import { fillPart } from "../lib/simd/fill_part.ts";
import { partStartBy4 } from "../lib/simd/parts.ts";

/** `output = left + right`. Arguments: left, right, output, length. */
export function add(args: usize, thread: i32, threads: i32): void {
  const left: usize = load<u32>(args);
  const right: usize = load<u32>(args, 4);
  const output: usize = load<u32>(args, 8);
  const length = load<i32>(args, 12);
  const start = partStartBy4(length, thread, threads);
  const end = partStartBy4(length, thread + 1, threads);
  let i = start;
  for (; i + 4 <= end; i += 4) {
    const at: usize = i << 2;
    const sum = f32x4.add(v128.load(left + at), v128.load(right + at));
    v128.store(output + at, sum);
  }
  for (; i < end; i++) {
    const at: usize = i << 2;
    store<f32>(output + at, load<f32>(left + at) + load<f32>(right + at));
  }
}

/** `output = left · right`. Arguments: left, right, output, length. */
export function mul(args: usize, thread: i32, threads: i32): void {
  const left: usize = load<u32>(args);
  const right: usize = load<u32>(args, 4);
  const output: usize = load<u32>(args, 8);
  const length = load<i32>(args, 12);
  const start = partStartBy4(length, thread, threads);
  const end = partStartBy4(length, thread + 1, threads);
  let i = start;
  for (; i + 4 <= end; i += 4) {
    const at: usize = i << 2;
    const product = f32x4.mul(v128.load(left + at), v128.load(right + at));
    v128.store(output + at, product);
  }
  for (; i < end; i++) {
    const at: usize = i << 2;
    store<f32>(output + at, load<f32>(left + at) * load<f32>(right + at));
  }
}

/** `output = x · factor[0]`. Arguments: x, factor, output, length. */
export function scale(args: usize, thread: i32, threads: i32): void {
  const x: usize = load<u32>(args);
  const factor = load<f32>(load<u32>(args, 4));
  const output: usize = load<u32>(args, 8);
  const length = load<i32>(args, 12);
  const start = partStartBy4(length, thread, threads);
  const end = partStartBy4(length, thread + 1, threads);
  const factors = f32x4.splat(factor);
  let i = start;
  for (; i + 4 <= end; i += 4) {
    const at: usize = i << 2;
    v128.store(output + at, f32x4.mul(v128.load(x + at), factors));
  }
  for (; i < end; i++) {
    const at: usize = i << 2;
    store<f32>(output + at, load<f32>(x + at) * factor);
  }
}

/**
 * `output[i] = factor · scalar[0]`. Arguments: scalar, factor, output, length.
 */
export function expand(args: usize, thread: i32, threads: i32): void {
  const value = load<f32>(args, 4) * load<f32>(load<u32>(args));
  const output: usize = load<u32>(args, 8);
  const length = load<i32>(args, 12);
  fillPart(output, reinterpret<u32>(value), length, thread, threads);
}
