/**
 * Metrics for `train` and `evaluate`: how good a model is, beside its loss.
 *
 * @module
 */
export { accuracy } from "./accuracy.ts";
export {
  calibrationError,
  type CalibrationErrorOptions,
} from "./calibration_error.ts";
export { f1 } from "./f1.ts";
export { findTemperature } from "./find_temperature.ts";
export { meanAbsoluteError } from "./mean_absolute_error.ts";
export type { Metric } from "./metric.ts";
export { topK } from "./top_k.ts";
