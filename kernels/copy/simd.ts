// @ts-nocheck: AssemblyScript, compiled by `deno task kernels`.

// Copies of memory. A part is an unbroken range of the bytes.

import { partStartBy4 } from "../lib/simd/parts.ts";

@unmanaged
export class CopyArgs {
  source: usize;
  output: usize;
  bytes: i32;
}

/** `output = source`, any type. */
export function copy(args: CopyArgs, part: i32, parts: i32): void {
  const start: usize = partStartBy4(args.bytes, part, parts);
  const end: usize = partStartBy4(args.bytes, part + 1, parts);
  memory.copy(args.output + start, args.source + start, end - start);
}
