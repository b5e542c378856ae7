import { writeFileAtomic } from "../formats/files.ts";
import type { LrFound } from "../training/lr_find.ts";
import { drawPanels } from "./_chart.ts";
import { paper, paperSize } from "./_paper.ts";
import { svgToPng } from "./_svg_to_png.ts";
import { plotFormat } from "./curves.ts";

/**
 * Writes the curve of a learning-rate range test as SVG or PNG: the smoothed
 * loss over the rate.
 *
 * @param path Ends in `.svg` or `.png`.
 * @throws {RangeError} If the name has another ending.
 * @throws {LibraryError} If ECharts, or for a PNG resvg and its font, cannot be
 * loaded.
 * @throws {DataError} If the file cannot be written.
 */
export async function writeLrPlot(
  path: string,
  { points, suggestion }: LrFound,
): Promise<void> {
  const format = plotFormat(path);
  const found = Number.isNaN(suggestion)
    ? "no learning rate suggested"
    : `suggested learning rate ${Number(suggestion.toPrecision(2))}`;
  const svg = await drawPanels(
    [{
      title: found,
      across: "learning rate",
      series: [
        { name: "loss", values: points.map(({ smooth }) => smooth) },
      ],
      fromZero: true,
    }],
    points.map(({ lr }) => Number(lr.toPrecision(2))),
    paper,
    { ...paperSize, width: 2 * paperSize.width },
  );
  const bytes = format === ".svg"
    ? new TextEncoder().encode(svg)
    : await svgToPng(svg);
  await writeFileAtomic(path, bytes);
}
