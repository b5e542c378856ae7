// @ts-nocheck: AssemblyScript, compiled by `deno task kernels`.

// x where it is above 0, slope · x elsewhere; and its gradient. A part is an
// unbroken range of the elements.

import { partStartBy4 } from "../lib/simd/parts.ts";
import { loadUpTo4, storeUpTo4 } from "../lib/simd/up_to_4.ts";

@unmanaged
export class LeakyReluArgs {
  x: usize;
  output: usize;
  length: i32;
  slope: f32;
}

/** `output = x > 0 ? x : slope · x`. */
export function leakyReluForward(
  args: LeakyReluArgs,
  part: i32,
  parts: i32,
): void {
  scaled(args.x, args.x, args.output, args.length, args.slope, part, parts);
}

@unmanaged
export class LeakyReluGradientArgs {
  gradOutput: usize;
  x: usize;
  gradX: usize;
  length: i32;
  slope: f32;
}

/** `gradX = x > 0 ? gradOutput : slope · gradOutput`. */
export function leakyReluGradient(
  args: LeakyReluGradientArgs,
  part: i32,
  parts: i32,
): void {
  const values = args.gradOutput;
  scaled(args.x, values, args.gradX, args.length, args.slope, part, parts);
}

/** `output = x > 0 ? value : slope · value`. */
function scaled(
  x: usize,
  values: usize,
  output: usize,
  length: i32,
  slope: f32,
  part: i32,
  parts: i32,
): void {
  const slopes = f32x4.splat(slope);
  const zero = f32x4.splat(0);
  const end = partStartBy4(length, part + 1, parts);
  for (let i = partStartBy4(length, part, parts); i < end; i += 4) {
    const at: usize = i << 2;
    const count = min(4, end - i);
    const value = loadUpTo4(values + at, count);
    const isAbove = f32x4.gt(loadUpTo4(x + at, count), zero);
    const lower = f32x4.mul(slopes, value);
    storeUpTo4(output + at, v128.bitselect(value, lower, isAbove), count);
  }
}
