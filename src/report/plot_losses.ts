import { describe } from "../base/errors.ts";
import { checkOptions } from "../base/options.ts";
import type { StepLoss } from "../training/options.ts";
import { drawPanels } from "./_chart.ts";
import { lossesPanel } from "./_panels.ts";
import { paper, paperSize } from "./_paper.ts";
import { Figure } from "./figure.ts";

/** How losses are drawn. */
export interface PlotLossesOptions {
  /**
   * How much of the average so far stays with every value, 0 (not smoothed) to
   * below 1, as TensorBoard's. Default 0.8.
   */
  smoothing?: number;
}

/**
 * The loss step by step, and smoothed, as a figure that a notebook shows; shown
 * again while a training goes on, it moves.
 *
 * @param losses Steps, and their losses; `losses` of a training has them.
 * @throws {RangeError} If there is none, or the smoothing is out of range.
 * @throws {LibraryError} If ECharts, which draws them, cannot be loaded.
 *
 * @example
 * ```ts
 * import { plotLosses } from "@x/mnist-cnn/report";
 * import { assertEquals } from "@std/assert";
 *
 * const losses = [{ step: 20, loss: 2.3 }, { step: 40, loss: 0.5 }];
 * const figure = await plotLosses(losses);
 * assertEquals(String(figure), "loss 0.50000 at step 40");
 * ```
 */
export async function plotLosses(
  losses: readonly StepLoss[],
  options: PlotLossesOptions = {},
): Promise<Figure> {
  checkOptions("plotLosses", options, ["smoothing"]);
  const { smoothing = 0.8 } = options;
  const last = losses.at(-1);
  if (last === undefined) throw refused("at least one loss", "none");
  if (!(smoothing >= 0 && smoothing < 1)) {
    throw refused("smoothing from 0 to below 1", String(smoothing));
  }
  const steps = losses.map(({ step }) => step);
  const panels = [lossesPanel(losses, smoothing)];
  const svg = await drawPanels(panels, steps, paper, paperSize);
  return new Figure(svg, `loss ${last.loss.toFixed(5)} at step ${last.step}`);
}

function refused(expected: string, got: string): RangeError {
  return new RangeError(describe({
    what: "plotLosses",
    expected,
    got,
    help: "Give the losses of a training, and 0.8 or leave it out.",
  }));
}
