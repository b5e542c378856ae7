/**
 * What is there to train on, tried by real work.
 *
 * @module
 */

export type { AdapterReport } from "./adapters.ts";
export type { Missing } from "./advice.ts";
export type { Benchmark } from "./trial.ts";
export {
  type DeviceReport,
  type Diagnosis,
  examine,
  type ExamineOptions,
} from "./examine.ts";
