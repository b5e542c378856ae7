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
export { settingsOf } from "./_settings.ts";
export { Trainer } from "./trainer.ts";
