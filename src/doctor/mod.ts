/**
 * What is there to train on, tried by real work.
 *
 * @example
 * ```ts
 * import { examine } from "@x/mnist-cnn/doctor";
 * import { assertEquals } from "@std/assert";
 *
 * const { devices } = await examine({ seconds: 0 });
 * assertEquals(devices.some(({ kind }) => kind === "cpu"), true);
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
