// @ts-nocheck: AssemblyScript, compiled by `deno task kernels`.

// Arithmetic element by element, any shape. A thread computes an unbroken part
// of the elements.

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

/** `destination += source`, in place. Arguments: source, destination, length. */
export function accumulate(args: usize, thread: i32, threads: i32): void {
  const source: usize = load<u32>(args);
  const destination: usize = load<u32>(args, 4);
  const length = load<i32>(args, 8);
  const start = partStartBy4(length, thread, threads);
  const end = partStartBy4(length, thread + 1, threads);
  let i = start;
  for (; i + 4 <= end; i += 4) {
    const at: usize = i << 2;
    const sum = f32x4.add(v128.load(destination + at), v128.load(source + at));
    v128.store(destination + at, sum);
  }
  for (; i < end; i++) {
    const at: usize = i << 2;
    const sum = load<f32>(destination + at) + load<f32>(source + at);
    store<f32>(destination + at, sum);
  }
}

/** `output = source`, any type. Arguments: source, output, bytes. */
export function copy(args: usize, thread: i32, threads: i32): void {
  const source: usize = load<u32>(args);
  const output: usize = load<u32>(args, 4);
  const bytes = load<i32>(args, 8);
  const start: usize = partStartBy4(bytes, thread, threads);
  const end: usize = partStartBy4(bytes, thread + 1, threads);
  memory.copy(output + start, source + start, end - start);
}

/** Every word of 32 bits becomes `word`. Arguments: output, word, length. */
export function fill(args: usize, thread: i32, threads: i32): void {
  const output: usize = load<u32>(args);
  fillPart(output, load<i32>(args, 4), load<i32>(args, 8), thread, threads);
}

/**
 * `output[i] = factor · scalar[0]`. Arguments: scalar, factor, output, length.
 */
export function expand(args: usize, thread: i32, threads: i32): void {
  const value = load<f32>(args, 4) * load<f32>(load<u32>(args));
  const output: usize = load<u32>(args, 8);
  const length = load<i32>(args, 12);
  fillPart(output, reinterpret<i32>(value), length, thread, threads);
}

/** `counter[0] += amount`, i32. Arguments: counter, amount. */
export function advance(args: usize, _thread: i32, _threads: i32): void {
  const counter: usize = load<u32>(args);
  store<i32>(counter, load<i32>(counter) + load<i32>(args, 4));
}

function fillPart(
  output: usize,
  word: i32,
  length: i32,
  thread: i32,
  threads: i32,
): void {
  const start = partStartBy4(length, thread, threads);
  const end = partStartBy4(length, thread + 1, threads);
  const words = i32x4.splat(word);
  let i = start;
  for (; i + 4 <= end; i += 4) v128.store(output + <usize> (i << 2), words);
  for (; i < end; i++) store<i32>(output + <usize> (i << 2), word);
}
