import { Adam, AdamW } from "../optim/mod.ts";
import type { TrainSettings } from "./options.ts";

/** The optimizers that a training can be run with. */
export const OPTIMIZERS: Readonly<
  Record<TrainSettings["optimizer"], typeof Adam>
> = { adam: Adam, adamw: AdamW };
