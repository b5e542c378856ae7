/**
 * The devices of this machine, tried by real work: {@linkcode examine}.
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
