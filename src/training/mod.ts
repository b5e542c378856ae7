/** The training loop and its parts. */
export {
  type EpochResult,
  type StepResult,
  type TrainCallbacks,
  type TrainOptions,
  type TrainResult,
} from "./options.ts";
export { Trainer } from "./trainer.ts";
