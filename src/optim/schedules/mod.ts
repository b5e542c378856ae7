/**
 * Learning-rate schedules, one per file, with the names and numbers of PyTorch's
 * `torch.optim.lr_scheduler`.
 *
 * @module
 */
export {
  CosineAnnealingLR,
  type CosineAnnealingLROptions,
} from "./cosine_annealing_lr.ts";
export { ExponentialLR, type ExponentialLROptions } from "./exponential_lr.ts";
export { LambdaLR, type LambdaLROptions } from "./lambda_lr.ts";
export { LinearLR, type LinearLROptions } from "./linear_lr.ts";
export { MultiStepLR, type MultiStepLROptions } from "./multi_step_lr.ts";
export { OneCycleLR, type OneCycleLROptions } from "./one_cycle_lr.ts";
export {
  ReduceLROnPlateau,
  type ReduceLROnPlateauOptions,
  type ReduceLROnPlateauState,
} from "./reduce_lr_on_plateau.ts";
export {
  LRScheduler,
  type LRSchedulerState,
  type ScheduleArguments,
} from "./scheduler.ts";
export { SequentialLR, type SequentialLROptions } from "./sequential_lr.ts";
export { StepLR, type StepLROptions } from "./step_lr.ts";
