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
  readCourse,
  resultMetadata,
  type TrainingCourse,
  writeCheckpoint,
} from "./checkpoint.ts";
export { bestEpoch } from "./best.ts";
export { explain, type Explanation, type LayerOutput } from "./explain.ts";
export { checkFinite } from "./finite.ts";
export { readInitialWeights } from "./_initial_weights.ts";
export {
  type EpochResult,
  type SavedCheckpoint,
  type StepLoss,
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
export type { Loss, LossFunction } from "./loss.ts";
export * as metrics from "./metrics/mod.ts";
export { Mean } from "./mean.ts";
export { predict, type Prediction } from "./predict.ts";
export { predictRows } from "./predict_rows.ts";
export { train } from "./train.ts";
export {
  complaintOf,
  flagOf,
  OPTION_NAMES,
  type OptionRow,
  OPTIONS,
} from "./options_table.ts";
export { DEFAULT_SETTINGS, recipeSettings, settingsOf } from "./settings.ts";
export { Trainer } from "./trainer.ts";
export { weightsOf } from "./weights_of.ts";
