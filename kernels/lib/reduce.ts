import { workgroupSize } from "./elementwise.ts";

/**
 * Iterations of an invocation where one workgroup of {@linkcode workgroupSize}
 * sums `count` elements: its own, and then by halves as `lib/reduce.wgsl` does.
 */
export function reductionIterations(count: number): number {
  return Math.ceil(count / workgroupSize) + Math.log2(workgroupSize);
}
