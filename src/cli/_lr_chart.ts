import { library } from "../base/library.ts";
import type { LrPoint } from "../training/lr_find.ts";

/** Columns of the axis at the left, and of a line in all. */
const [axis, width] = [11, 78];

/**
 * The smoothed loss over the learning rate as lines of text, with a mark below
 * the suggestion. Its steps are even in the logarithm.
 *
 * @throws {LibraryError} If asciichart, which draws it, cannot be loaded.
 */
export async function lrChart(
  points: readonly LrPoint[],
  suggestion: number,
): Promise<string> {
  const { default: { plot } } = await library(
    "asciichart",
    () => import("npm:asciichart@1.5.25"),
  );
  const count = Math.min(points.length, width - axis);
  const places = Array.from(
    { length: count },
    (_, column) => points[Math.floor(column * points.length / count)],
  );
  const curve: string = plot(places.map(({ smooth }) => smooth), {
    height: 12,
    format: (value: number) => value.toFixed(3).padStart(axis - 2),
  });
  const columnOf = (lr: number) =>
    places.findIndex((point) => point.lr >= lr * (1 - 1e-9));
  const labels = new Array(width).fill(" ");
  const [first, last] = [places[0].lr, places[places.length - 1].lr];
  for (let power = Math.ceil(Math.log10(first)); 10 ** power <= last; power++) {
    const text = `1e${power}`;
    const start = axis + columnOf(10 ** power);
    const isFree = labels.slice(Math.max(0, start - 1), start + text.length + 1)
      .every((letter) => letter === " ");
    if (isFree) labels.splice(start, text.length, ...text);
  }
  const mark = Number.isNaN(suggestion)
    ? []
    : [" ".repeat(axis + columnOf(suggestion)) + "^"];
  const lines = curve.split("\n").map((line) => line.trimEnd());
  return [...lines, labels.join("").trimEnd(), ...mark].join("\n");
}
