/**
 * A training told on one page, and its curves as drawings.
 *
 * @example
 * ```ts ignore
 * import { train } from "@x/mnist-cnn";
 * import { writeReport } from "@x/mnist-cnn/report";
 *
 * await writeReport("report.html", await train({ epochs: 1 }));
 * ```
 *
 * @module
 */

export { confusionMatrix } from "./confusion_matrix.ts";
export { lossCurves, writePlot } from "./curves.ts";
export { Figure } from "./figure.ts";
export { plotHistory } from "./plot_history.ts";
export { plotLosses, type PlotLossesOptions } from "./plot_losses.ts";
export {
  report,
  type ReportedTraining,
  type ReportOptions,
  writeReport,
} from "./report.ts";
export { ReportPage, showReport } from "./show_report.ts";
export { type RowLoss, worstRows } from "./worst_rows.ts";
