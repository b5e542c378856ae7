import { workgroupSize } from "./elementwise.ts";

/**
 * Iterations of an invocation where one workgroup of {@linkcode workgroupSize}
 * sums `count` elements: its own, and then by halves as `lib/reduce.wgsl` does.
 */
export function reductionIterations(count: number): number {
  return Math.ceil(count / workgroupSize) + Math.log2(workgroupSize);
}

/**
 * Constants of a reduction of `[batch, channels, area]` that reads planes of
 * whole fours by fours: sizes in fours, and a quarter of the invocations, see
 * `lib/reduce_fours.wgsl`.
 */
export function inFours(
  { area, channels }: { readonly area: number; readonly channels: number },
) {
  return { channels, area: area / 4, workgroupSize: workgroupSize / 4 };
}
