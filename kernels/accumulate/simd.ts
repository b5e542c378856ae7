// @ts-nocheck: AssemblyScript, compiled by `deno task kernels`.

// A sum in place. A part is an unbroken range of the elements.

import { partStartBy4 } from "../lib/simd/parts.ts";

@unmanaged
export class AccumulateArgs {
  source: usize;
  destination: usize;
  length: i32;
}

/** `destination += source`. */
export function accumulate(
  args: AccumulateArgs,
  part: i32,
  parts: i32,
): void {
  const source = args.source;
  const destination = args.destination;
  const start = partStartBy4(args.length, part, parts);
  const end = partStartBy4(args.length, part + 1, parts);
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
