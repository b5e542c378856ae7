// @ts-nocheck: AssemblyScript, compiled by `deno task kernels`.

// Sum of all elements, and its gradient. A part is an unbroken range of the
// elements.

import { fillPart } from "../lib/simd/fill_part.ts";
import { partStartBy4 } from "../lib/simd/parts.ts";
import { sumOf } from "../lib/simd/sums.ts";

@unmanaged
export class SumOfPartsArgs {
  x: usize;
  /** f64 `[parts]`. */
  sums: usize;
  length: i32;
}

/** The sum of each part, in f64. */
export function sumOfParts(args: SumOfPartsArgs, part: i32, parts: i32): void {
  const start = partStartBy4(args.length, part, parts);
  const end = partStartBy4(args.length, part + 1, parts);
  const sum = sumOf(args.x + (<usize> start << 2), end - start);
  store<f64>(args.sums + (<usize> part << 3), sum);
}

@unmanaged
export class SumOfSumsArgs {
  /** f64 `[count]`. */
  sums: usize;
  output: usize;
  count: i32;
  factor: f32;
}

/** `output[0] = factor · Σ sums`, in order; in one part. */
export function sumOfSums(args: SumOfSumsArgs, _part: i32, _parts: i32): void {
  let total: f64 = 0;
  for (let i = 0; i < args.count; i++) {
    total += load<f64>(args.sums + (<usize> i << 3));
  }
  const factor: f64 = args.factor;
  store<f32>(args.output, <f32> (factor * total));
}

@unmanaged
export class ExpandArgs {
  scalar: usize;
  output: usize;
  length: i32;
  factor: f32;
}

/** `output[i] = factor · scalar[0]`. */
export function expand(args: ExpandArgs, part: i32, parts: i32): void {
  const value = args.factor * load<f32>(args.scalar);
  fillPart(args.output, reinterpret<u32>(value), args.length, part, parts);
}
