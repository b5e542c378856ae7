import { library } from "../base/library.ts";

/** A curve, and its colour by the number of ANSI's; none where it has none. */
export interface TextCurve {
  readonly values: readonly number[];
  readonly color?: number;
}

/** Columns of the axis at the left. */
export const axisColumns = 11;

/**
 * Curves over the same places as lines of text: a value for each column.
 *
 * @param height Lines, less one.
 * @throws {LibraryError} If asciichart, which draws them, cannot be loaded.
 */
export async function textChart(
  curves: readonly TextCurve[],
  height: number,
): Promise<string[]> {
  const { default: { plot } } = await library(
    "npm:asciichart@1.5.25",
    () => import("npm:asciichart@1.5.25"),
  );
  const chart: string = plot(curves.map(({ values }) => [...values]), {
    height,
    colors: curves.map(({ color }) =>
      color === undefined ? undefined : `\x1b[${color}m`
    ),
    format: (value: number) => value.toFixed(4).padStart(axisColumns - 2),
  });
  return chart.split("\n").map((line) => line.trimEnd());
}
