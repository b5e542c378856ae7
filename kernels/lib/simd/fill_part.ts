// @ts-nocheck: AssemblyScript, compiled by `deno task kernels`.

import { partStartBy4 } from "./parts.ts";

/** Gives a part of `length` words of 32 bits one value. */
export function fillPart(
  output: usize,
  word: u32,
  length: i32,
  part: i32,
  parts: i32,
): void {
  const start = partStartBy4(length, part, parts);
  const end = partStartBy4(length, part + 1, parts);
  const words = i32x4.splat(word);
  let i = start;
  for (; i + 4 <= end; i += 4) v128.store(output + <usize> (i << 2), words);
  for (; i < end; i++) store<u32>(output + <usize> (i << 2), word);
}
