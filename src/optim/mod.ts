/**
 * Optimizers, one per file, and what else is done with parameters and gradients;
 * `schedules/` has what changes their rates.
 */
export { Adadelta } from "./adadelta.ts";
export { Adam, type AdamOptions } from "./adam.ts";
export { AdamW } from "./adam_w.ts";
export { clipGradNorm } from "./clip_grad_norm.ts";
export { ExponentialMovingAverage } from "./exponential_moving_average.ts";
export { Optimizer, type OptimizerParameters } from "./optimizer.ts";
export { RMSprop } from "./rmsprop.ts";
export { SGD, type SGDOptions } from "./sgd.ts";
