import {
  Adadelta,
  Adam,
  AdamW,
  type Optimizer,
  RMSprop,
} from "../optim/mod.ts";
import type { Parameter } from "../nn/parameter.ts";
import type { TrainSettings } from "./options.ts";

/** Makes an optimizer with the settings that all of them have. */
type OptimizerClass = new (
  parameters: readonly Parameter[],
  options: Pick<TrainSettings, "lr" | "weightDecay">,
) => Optimizer;

/** The optimizers that a training can be run with. */
export const OPTIMIZERS: Readonly<
  Record<TrainSettings["optimizer"], OptimizerClass>
> = { adam: Adam, adamw: AdamW, rmsprop: RMSprop, adadelta: Adadelta };
