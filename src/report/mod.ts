/**
 * A training told on one page, and its curves as drawings.
 *
 * @module
 */

export { confusionMatrix } from "./confusion_matrix.ts";
export { lossCurves, writePlot } from "./curves.ts";
export {
  report,
  type ReportedTraining,
  type ReportOptions,
  writeReport,
} from "./report.ts";
export { type RowLoss, worstRows } from "./worst_rows.ts";
