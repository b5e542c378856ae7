/** Optimizers, one per file; `schedules/` has what changes their rates. */
export { Adam, type AdamOptions } from "./adam.ts";
export { AdamW, type AdamWOptions } from "./adam_w.ts";
export { clipGradNorm } from "./clip_grad_norm.ts";
export { Optimizer } from "./optimizer.ts";
export { SGD, type SGDOptions } from "./sgd.ts";
