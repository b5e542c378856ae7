/** The training loop and its parts. */
export {
  AUGMENTATIONS,
  type AugmentSettings,
  transformOf,
} from "./augmentation.ts";
export {
  bestPath,
  type Checkpoint,
  readCheckpoint,
  weightsMetadata,
  weightsOf,
  writeCheckpoint,
} from "./checkpoint.ts";
export {
  type EpochResult,
  NOTEBOOK,
  recipeSettings,
  type SavedCheckpoint,
  type ScheduleName,
  SCHEDULES,
  type StepResult,
  type TrainCallbacks,
  type TrainOptions,
  type TrainResult,
  type TrainSettings,
} from "./options.ts";
export { type RecipeName, RECIPES } from "./recipes.ts";
export {
  evaluate,
  type EvaluateOptions,
  Evaluator,
  type Metrics,
} from "./evaluate.ts";
export { Mean } from "./mean.ts";
export { predict, type Prediction } from "./predict.ts";
export { train } from "./train.ts";
export { settingsOf } from "./_settings.ts";
export { Trainer } from "./trainer.ts";
