// @ts-nocheck: AssemblyScript, compiled by `deno task kernels`.

// How the work of a kernel is split into parts, one for each thread.

/**
 * Where a part of `count` items starts; it ends where the next one's
 * starts. Parts differ by one item at most.
 */
export function partStart(count: i32, part: i32, parts: i32): i32 {
  return <i32> (<i64> count * part / parts);
}

/** As {@link partStart}, in whole groups of four but for the last part. */
export function partStartBy4(count: i32, part: i32, parts: i32): i32 {
  if (part == parts) return count;
  return partStart(count >> 2, part, parts) << 2;
}
