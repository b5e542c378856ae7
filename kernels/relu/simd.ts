// @ts-nocheck: AssemblyScript, compiled by `deno task kernels`.

// Rectified linear unit and its gradient, element by element, any shape. A part
// is an unbroken range of the elements.

import { partStartBy4 } from "../lib/simd/parts.ts";

@unmanaged
export class ReluArgs {
  x: usize;
  output: usize;
  length: i32;
}

/** `output = max(x, 0)`; NaN stays NaN. */
export function reluForward(args: ReluArgs, part: i32, parts: i32): void {
  const x = args.x;
  const output = args.output;
  const start = partStartBy4(args.length, part, parts);
  const end = partStartBy4(args.length, part + 1, parts);
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

@unmanaged
export class ReluGradientArgs {
  gradOutput: usize;
  output: usize;
  gradX: usize;
  length: i32;
}

/** `gradX = output <= 0 ? 0 : gradOutput`. */
export function reluGradient(
  args: ReluGradientArgs,
  part: i32,
  parts: i32,
): void {
  const gradOutput = args.gradOutput;
  const output = args.output;
  const gradX = args.gradX;
  const start = partStartBy4(args.length, part, parts);
  const end = partStartBy4(args.length, part + 1, parts);
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
