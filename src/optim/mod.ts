/** Optimizers, one per file. */
export { Adam, type AdamOptions } from "./adam.ts";
export type { Slot } from "./_state_dict.ts";
export { Optimizer, type Span } from "./optimizer.ts";
export { SGD, type SGDOptions } from "./sgd.ts";
