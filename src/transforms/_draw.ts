import type { RandomGenerator } from "../core/random.ts";
import { describe } from "../base/errors.ts";

/** Two ends of a range: least and largest. */
export type Range = readonly [from: number, to: number];

/** Height and width of an image, in pixels. */
export interface ImageSize {
  /** Rows. */
  readonly height: number;
  /** Columns. */
  readonly width: number;
}

/** A number evenly spread over `[from, to)`, of 32 random bits. */
export function uniform(generator: RandomGenerator, [from, to]: Range): number {
  return from + (to - from) * generator.random() / 2 ** 32;
}

/**
 * Throws unless `from ≤ to`, both within the bounds.
 *
 * @param bounds Least and largest, the ends included; finite.
 */
export function checkRange(what: string, range: Range, bounds: Range): void {
  const [from, to] = range;
  const fits = range.length === 2 && from >= bounds[0] && from <= to &&
    to <= bounds[1];
  if (fits) return;
  throw new RangeError(describe({
    what,
    expected: `finite numbers from ${bounds[0]} to ${bounds[1]}, ` +
      "the lesser first",
    got: range.join(", "),
    help: "Give the ends of the range, as in torchvision.",
  }));
}
