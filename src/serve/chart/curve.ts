/**
 * The arithmetic of curves. The live view gets these functions as text
 * (`live/script.ts`): each uses nothing but its arguments, the others and
 * `smooth`.
 *
 * @module
 */

import { smooth } from "../../base/smooth.ts";

/** A point of a curve: epochs, and the value there. */
export type Point = readonly [x: number, y: number];

/** The part of the plane that a drawing shows. */
export interface Range {
  readonly left: number;
  readonly right: number;
  readonly low: number;
  readonly high: number;
}

/** The points with their values smoothed. */
export function smoothed(points: readonly Point[], weight: number): Point[] {
  const values = smooth(points.map(([, y]) => y), weight);
  return points.map(([x], index) => [x, values[index]]);
}

/** At most so many points: means of neighbours. */
export function thinned(points: readonly Point[], most: number): Point[] {
  const size = Math.ceil(points.length / most);
  if (size <= 1) return [...points];
  const thin: Point[] = [];
  for (let start = 0; start < points.length; start += size) {
    const part = points.slice(start, start + size);
    const mean = part.reduce((sum, [, y]) => sum + y, 0) / part.length;
    thin.push([part[part.length - 1][0], mean]);
  }
  return thin;
}

/**
 * The range of some curves, without the worst twentieth of their values: a
 * training begins with them, and all others would be one line.
 *
 * @param worst Where these are: at the top of a loss.
 */
export function rangeOf(
  curves: readonly (readonly Point[])[],
  epochs: number,
  worst: "high" | "low",
): Range {
  const values = curves.flatMap((curve) => curve.map(([, y]) => y))
    .sort((one, other) => one - other);
  if (values.length === 0) return { left: 0, right: epochs, low: 0, high: 1 };
  const at = (part: number) => values[Math.round(part * (values.length - 1))];
  const low = at(worst === "low" ? 0.05 : 0);
  const high = at(worst === "high" ? 0.95 : 1);
  const room = Math.max(0.05 * (high - low), 1e-6);
  const right = Math.max(
    epochs,
    ...curves.map((curve) => curve[curve.length - 1]?.[0] ?? 0),
  );
  return { left: 0, right, low: low - room, high: high + room };
}

/** Round numbers within a range, some five of them. */
export function ticks(low: number, high: number): number[] {
  const rough = (high - low) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find((by) => by * power >= rough)!;
  const first = Math.ceil(low / step);
  const count = Math.floor(high / step) - first + 1;
  return Array.from(
    { length: Math.max(0, count) },
    (_, index) => Number(((first + index) * step).toPrecision(12)),
  );
}

/** The point that is nearest along the epochs, or undefined where there is none. */
export function nearest(
  points: readonly Point[],
  x: number,
): Point | undefined {
  let [low, high] = [0, points.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (points[middle][0] < x) low = middle;
    else high = middle;
  }
  const [one, other] = [points[low], points[high]];
  if (one === undefined) return undefined;
  return Math.abs(one[0] - x) <= Math.abs(other[0] - x) ? one : other;
}
