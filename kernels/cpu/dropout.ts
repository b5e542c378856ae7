// @ts-nocheck: AssemblyScript, compiled by `deno task kernels`.

// Dropout, element by element, any shape. What is dropped depends on seed, draw
// and index alone. A thread computes an unbroken part of the elements.

import { partStart } from "../lib/simd/parts.ts";

/**
 * Draws a mask of 0 and `factor`, and applies it. Arguments: x, state, mask,
 * output, length, the hash from which on an element stays, factor.
 */
export function dropoutForward(args: usize, thread: i32, threads: i32): void {
  const x: usize = load<u32>(args);
  const state: usize = load<u32>(args, 4);
  const mask: usize = load<u32>(args, 8);
  const output: usize = load<u32>(args, 12);
  const length = load<i32>(args, 16);
  const stays = load<u32>(args, 20);
  const factor = load<f32>(args, 24);
  const draws = load<u32>(state);
  const seed = load<u32>(state, 4);
  const end = partStart(length, thread + 1, threads);
  for (let i = partStart(length, thread, threads); i < end; i++) {
    const at: usize = i << 2;
    const scale: f32 = hash(i, draws, seed) < stays ? 0 : factor;
    store<f32>(mask + at, scale);
    store<f32>(output + at, load<f32>(x + at) * scale);
  }
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
