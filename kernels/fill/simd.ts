// @ts-nocheck: AssemblyScript, compiled by `deno task kernels`.

// One value in every element. A part is an unbroken range of the elements.

import { fillPart } from "../lib/simd/fill_part.ts";

@unmanaged
export class FillArgs {
  output: usize;
  word: u32;
  length: i32;
}

/** Every word of 32 bits becomes `word`. */
export function fill(args: FillArgs, part: i32, parts: i32): void {
  fillPart(args.output, args.word, args.length, part, parts);
}
