/** How successive halving stops settings. */
export interface Halving {
  /** Of the settings at a rung, the best 1 / `reductionFactor` go on. */
  readonly reductionFactor: number;
  /** The fewest epochs of a rung. */
  readonly minResource: number;
}

/**
 * The rungs of successive halving (Jamieson and Talwalkar, 2016), in epochs: the
 * last is all of them, and each one before is a `reductionFactor`-th of the next.
 *
 * @example
 * ```ts
 * import { rungsOf } from "./halving.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(rungsOf(10, { reductionFactor: 3, minResource: 1 }), [1, 3, 10]);
 * ```
 */
export function rungsOf(
  epochs: number,
  { minResource, reductionFactor }: Halving,
): number[] {
  const rungs = [epochs];
  for (;;) {
    const below = Math.floor(rungs[0] / reductionFactor);
    if (below < Math.max(1, minResource)) return rungs;
    rungs.unshift(below);
  }
}

/** How many settings of a rung go on to the next: at least one. */
export function survivorCount(settings: number, reductionFactor: number) {
  return Math.max(1, Math.floor(settings / reductionFactor));
}
