// @ts-nocheck: AssemblyScript, compiled by `deno task kernels`.

// Sums of two operands, element by element. A part is an unbroken range of the
// elements.

import { partStartBy4 } from "../lib/simd/parts.ts";

@unmanaged
export class AddArgs {
  left: usize;
  right: usize;
  output: usize;
  length: i32;
}

/** `output = left + right`. */
export function add(args: AddArgs, part: i32, parts: i32): void {
  const left = args.left;
  const right = args.right;
  const output = args.output;
  const start = partStartBy4(args.length, part, parts);
  const end = partStartBy4(args.length, part + 1, parts);
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
