// @ts-nocheck: AssemblyScript, compiled by `deno task kernels`.

// Products of two operands, element by element, and of one with a number. A part
// is an unbroken range of the elements.

import { partStartBy4 } from "../lib/simd/parts.ts";

@unmanaged
export class MulArgs {
  left: usize;
  right: usize;
  output: usize;
  length: i32;
}

/** `output = left · right`. */
export function mul(args: MulArgs, part: i32, parts: i32): void {
  const left = args.left;
  const right = args.right;
  const output = args.output;
  const start = partStartBy4(args.length, part, parts);
  const end = partStartBy4(args.length, part + 1, parts);
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

@unmanaged
export class ScaleArgs {
  x: usize;
  factor: usize;
  output: usize;
  length: i32;
}

/** `output = x · factor[0]`. */
export function scale(args: ScaleArgs, part: i32, parts: i32): void {
  const x = args.x;
  const factor = load<f32>(args.factor);
  const output = args.output;
  const start = partStartBy4(args.length, part, parts);
  const end = partStartBy4(args.length, part + 1, parts);
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
