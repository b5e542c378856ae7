/** Sweeps: settings, the trials that try them, and which of them go on. */
export { type Halving, rungsOf } from "./halving.ts";
export { isBelowHere, takeTrials, TrialQueue } from "./queue.ts";
export { type Rank, rank } from "./ranking.ts";
export { runSweep } from "./run_sweep.ts";
export {
  type Axis,
  axisOf,
  grid,
  isRange,
  type ListAxis,
  sample,
  type Setting,
} from "./space.ts";
export {
  stateOf,
  type Trial,
  trialsOf,
  type TrialState,
  weightsName,
} from "./trial.ts";
export {
  runTrialProcess,
  stopLine,
  type TrialEnd,
  type TrialEpoch,
  type TrialJob,
} from "./trial_process.ts";
