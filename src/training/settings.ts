import { describe } from "../base/errors.ts";
import { checkOptions } from "../base/options.ts";
import { NETWORKS } from "../models/networks.ts";
import type { Layer } from "../nn/mod.ts";
import { checkModel } from "./_check_arguments.ts";
import { checkFreeze } from "./_frozen.ts";
import { namedParts } from "./_named_parts.ts";
import { transformOf } from "./augmentation.ts";
import type { TrainOptions, TrainSettings } from "./options.ts";
import { complaintOf, OPTION_NAMES, OPTIONS } from "./options_table.ts";
import { type RecipeName, RECIPES } from "./recipes.ts";

/** The defaults, which are the settings of the PyTorch notebook. */
export const DEFAULT_SETTINGS: Readonly<TrainSettings> =
  /* @__PURE__ */ fromRows(
    (name) => OPTIONS[name].default,
  );

/** The options that are no settings. */
const otherOptions = [
  "device",
  "precision",
  "model",
  "loss",
  "metrics",
  "trainData",
  "testData",
  "checkpoint",
  "checkpointEvery",
  "init",
  "key",
  "resume",
  "onStep",
  "readEvery",
  "onEpoch",
  "onCheckpoint",
  "onCheckpointError",
  "signal",
] as const;

/**
 * All settings of a recipe.
 *
 * @throws {RangeError} If there is none of that name.
 */
export function recipeSettings(recipe: RecipeName): TrainSettings {
  checkValue("recipe", recipe);
  return { ...DEFAULT_SETTINGS, ...RECIPES[recipe], recipe };
}

/**
 * The settings of a training: the explicit ones; otherwise those of the
 * checkpoint that it resumes, or of the weights that it starts from; otherwise
 * those of the recipe.
 *
 * @throws {TypeError} If there is no such option.
 * @throws {RangeError} If one is out of range, or not the checkpoint's.
 */
export function settingsOf(
  options: TrainOptions,
  stored: Readonly<Partial<TrainSettings>> | null,
  initial: Readonly<Partial<TrainSettings>> = {},
): TrainSettings {
  checkOptions("train", options, [...OPTION_NAMES, ...otherOptions]);
  const given: Partial<TrainSettings> = fromRows((name) => options[name]);
  const recipe = given.recipe ?? stored?.recipe ?? DEFAULT_SETTINGS.recipe;
  if (options.model !== undefined) checkModel("train", options.model);
  const settings = {
    ...recipeSettings(recipe),
    ...initial,
    ...stored,
    ...given,
  };
  if (stored !== null) checkResumed(settings, completed(stored));
  for (const name of OPTION_NAMES) checkValue(name, settings[name]);
  checkSchedule(settings);
  checkInit(options, settings, stored !== null);
  checkParts(options.model, settings);
  // The transforms have ranges of their own.
  transformOf(settings.augment);
  return settings;
}

/** A record of the settings whose value is defined, in the table's order. */
function fromRows(valueOf: (name: keyof TrainSettings) => unknown) {
  const entries = OPTION_NAMES.map((name) => [name, valueOf(name)])
    .filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries);
}

/** The settings of a checkpoint that may be older than some of them. */
function completed(stored: Readonly<Partial<TrainSettings>>): TrainSettings {
  // The recipe alone chose the network; all else was at its default.
  const { network } = recipeSettings(stored.recipe ?? DEFAULT_SETTINGS.recipe);
  return { ...DEFAULT_SETTINGS, network, ...stored };
}

/** Throws unless a training can be resumed with these settings. */
function checkResumed(settings: TrainSettings, stored: TrainSettings): void {
  const lasts = stored.schedule !== "cosine" && stored.schedule !== "one-cycle";
  for (const name of OPTION_NAMES) {
    // The other schedules are stretched over all epochs from the start.
    if (name === "epochs" && lasts) continue;
    checkUnchanged(name, settings[name], stored[name]);
  }
}

function checkUnchanged(name: string, given: unknown, stored: unknown): void {
  const [got, expected] = [given, stored].map((value) => JSON.stringify(value));
  if (got === expected) return;
  throw new RangeError(describe({
    what: `train: ${name} of a training that goes on`,
    expected: `${expected}, as in its checkpoint`,
    got,
    help: "Leave it out, or start a training of its own.",
  }));
}

/** Refuses settings that are right each by itself, but not together. */
function checkSchedule(settings: TrainSettings): void {
  const { gamma, milestones, schedule, warmup } = settings;
  if (warmup > 0 && (schedule === "one-cycle" || schedule === "plateau")) {
    const why = schedule === "one-cycle"
      ? "which begins with its own"
      : "which looks at whole epochs";
    throw new RangeError(describe({
      what: "train: warmup",
      expected: `none with the schedule ${schedule}, ${why}`,
      got: String(warmup),
      help: "Leave it out, or take the schedule cosine.",
    }));
  }
  if (schedule === "multistep" && milestones.length === 0) {
    throw new RangeError(describe({
      what: "train: milestones",
      expected: "at least one epoch with the schedule multistep",
      got: "none",
      help:
        "Give the epochs after which the rate falls, or take the schedule " +
        "step.",
    }));
  }
  if (schedule === "plateau" && gamma >= 1) {
    throw new RangeError(describe({
      what: "train: gamma",
      expected: "a number below 1 with the schedule plateau",
      got: String(gamma),
      help: "Leave it out for 0.1.",
    }));
  }
}

/** Refuses parts that the network does not have. */
function checkParts(
  given: Layer | undefined,
  { freeze, network, reset }: TrainSettings,
): void {
  if (freeze.length + reset.length === 0) return;
  const model = given ?? NETWORKS[network]();
  checkFreeze(model, freeze);
  namedParts(model, "reset", reset);
}

/** Refuses what goes with the weights to start from, where there are none. */
function checkInit(
  { init, key }: TrainOptions,
  { reset }: TrainSettings,
  isResumed: boolean,
): void {
  const wrong = init === undefined
    ? key !== undefined ? "key" : !isResumed && reset.length > 0 ? "reset" : ""
    : isResumed
    ? "init"
    : "";
  if (wrong === "") return;
  throw new RangeError(describe({
    what: `train: ${wrong}`,
    expected: isResumed
      ? "none in a training that goes on with its checkpoint's weights"
      : "weights to start from, `init`, beside it",
    got: isResumed ? init ?? key! : "none",
    help: isResumed
      ? "Leave it out, or start a training of its own."
      : "Leave it out, or give --init FILE.",
  }));
}

function checkValue<Name extends keyof TrainSettings>(
  name: Name,
  value: TrainSettings[Name],
): void {
  const complaint = complaintOf(name, value);
  if (complaint === null) return;
  const { expected, got, part } = complaint;
  throw new RangeError(describe({
    what: `train: ${name}${part === undefined ? "" : ` ${part}`}`,
    expected,
    got,
    help: "Leave it out for the default.",
  }));
}
