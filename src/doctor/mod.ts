/**
 * The devices of this machine, tried by real work: {@linkcode examine} trains some
 * steps on each, compares the losses, times them, and says what is missing.
 *
 * @example
 * ```ts
 * import { examine } from "@x/mnist-cnn/doctor";
 *
 * const { devices, missing } = await examine({ seconds: 0 });
 * for (const { failure, kind } of devices) console.log(kind, failure);
 * for (const { install, what } of missing) console.log(what, install);
 * ```
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
