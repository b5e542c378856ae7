import { describe } from "../base/errors.ts";
import { writeFileAtomic } from "../formats/files.ts";
import type { EpochResult } from "../training/options.ts";
import { drawPanels } from "./_chart.ts";
import { notebookPanels } from "./_panels.ts";
import { paper, paperSize } from "./_paper.ts";
import { svgToPng } from "./_svg_to_png.ts";

/**
 * The notebook's two drawings as an SVG: loss and val_loss, and val_acc, over
 * the epochs.
 *
 * @throws {LibraryError} If ECharts, which draws them, cannot be loaded.
 *
 * @example
 * ```ts
 * import { lossCurves } from "@x/mnist-cnn/report";
 * import { assertEquals } from "@std/assert";
 *
 * const epoch = {
 *   ...{ epoch: 1, loss: 0.25, acc: 0.93, valLoss: 0.09, valAcc: 0.97, lr: 0.01 },
 *   ...{ trainSeconds: 12, evalSeconds: 1, imagesPerSecond: 5000 },
 * };
 * const svg = await lossCurves([epoch, { ...epoch, epoch: 2, valLoss: 0.06 }]);
 * assertEquals(svg.includes("val_loss"), true);
 * ```
 */
export async function lossCurves(
  history: readonly EpochResult[],
): Promise<string> {
  const panels = notebookPanels(history);
  const epochs = history.map(({ epoch }) => epoch);
  return await drawPanels(panels, epochs, paper, paperSize);
}

/**
 * The ending of a plot's file, `.svg` or `.png`.
 *
 * @throws {RangeError} If it is neither.
 */
export function plotFormat(path: string): ".svg" | ".png" {
  const extension = /\.[^./\\]*$/.exec(path)?.[0];
  if (extension === ".svg" || extension === ".png") return extension;
  throw new RangeError(describe({
    what: `plot ${path}`,
    expected: "a name that ends in .svg or .png",
    got: extension ?? "no ending",
    help: "Name the file after its format.",
  }));
}

/**
 * Writes {@linkcode lossCurves} as SVG or PNG, whole under its name, or not at
 * all.
 *
 * @param path Ends in `.svg` or `.png`.
 * @param history All epochs.
 * @throws {RangeError} If the name has another ending.
 * @throws {LibraryError} If ECharts, or for a PNG resvg and its font, cannot be
 * loaded.
 * @throws {DataError} If the file cannot be written.
 */
export async function writePlot(
  path: string,
  history: readonly EpochResult[],
): Promise<void> {
  const format = plotFormat(path);
  const svg = await lossCurves(history);
  const bytes = format === ".svg"
    ? new TextEncoder().encode(svg)
    : await svgToPng(svg);
  await writeFileAtomic(path, bytes);
}
