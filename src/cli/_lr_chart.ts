import type { LrPoint } from "../training/lr_find.ts";
import { axisColumns as axis, textChart } from "./_text_chart.ts";

/** Columns of a line in all. */
const width = 78;

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
  const count = Math.min(points.length, width - axis);
  const places = Array.from(
    { length: count },
    (_, column) => points[Math.floor(column * points.length / count)],
  );
  const lines = await textChart(
    [{ values: places.map(({ smooth }) => smooth) }],
    12,
  );
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
  return [...lines, labels.join("").trimEnd(), ...mark].join("\n");
}
