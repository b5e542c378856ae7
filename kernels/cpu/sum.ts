// @ts-nocheck: AssemblyScript, compiled by `deno task kernels`.

// Sum of all elements, any shape. A thread adds up an unbroken part.

import { partStartBy4 } from "../lib/simd/parts.ts";
import { sumOf } from "../lib/simd/sums.ts";

/** The sum of each part, in f64. Arguments: x, sums (f64 `[parts]`), length. */
export function sumOfParts(args: usize, thread: i32, threads: i32): void {
  const x: usize = load<u32>(args);
  const length = load<i32>(args, 8);
  const start = partStartBy4(length, thread, threads);
  const end = partStartBy4(length, thread + 1, threads);
  const sum = sumOf(x + (<usize> start << 2), end - start);
  store<f64>(load<u32>(args, 4) + (<usize> thread << 3), sum);
}

/** `output[0] = factor · Σ sums`, in order. Arguments: sums, output, parts, factor. */
export function sumOfSums(args: usize, _thread: i32, _threads: i32): void {
  const sums: usize = load<u32>(args);
  const parts = load<i32>(args, 8);
  let total: f64 = 0;
  for (let part = 0; part < parts; part++) {
    total += load<f64>(sums + (<usize> part << 3));
  }
  const factor: f64 = load<f32>(args, 12);
  store<f32>(load<u32>(args, 4), <f32> (factor * total));
}
