/** Optimizers and learning-rate schedules, one per file. */
export { Adam, type AdamOptions } from "./adam.ts";
export { AdamW, type AdamWOptions } from "./adam_w.ts";
export { clipGradNorm } from "./clip_grad_norm.ts";
export { Optimizer, type Span } from "./optimizer.ts";
export {
  CosineAnnealingLR,
  type CosineAnnealingLROptions,
} from "./schedules/cosine_annealing_lr.ts";
export { LinearLR, type LinearLROptions } from "./schedules/linear_lr.ts";
export {
  OneCycleLR,
  type OneCycleLROptions,
} from "./schedules/one_cycle_lr.ts";
export { LRScheduler } from "./schedules/scheduler.ts";
export {
  SequentialLR,
  type SequentialLROptions,
} from "./schedules/sequential_lr.ts";
export { StepLR, type StepLROptions } from "./schedules/step_lr.ts";
export { SGD, type SGDOptions } from "./sgd.ts";
export type { Slot } from "./_state_dict.ts";
