import { describe } from "../base/errors.ts";
import { NETWORKS } from "../models/mod.ts";
import { transformOf } from "./augmentation.ts";
import {
  NOTEBOOK,
  recipeSettings,
  type TrainOptions,
  type TrainSettings,
} from "./options.ts";

/**
 * The settings of a training: those given, those of the checkpoint that it goes
 * on from, the notebook's.
 *
 * @throws {RangeError} If one is out of range, or not the checkpoint's.
 */
export function settingsOf(
  options: TrainOptions,
  stored: Readonly<Partial<TrainSettings>> | null,
): TrainSettings {
  const names = Object.keys(NOTEBOOK) as (keyof TrainSettings)[];
  const given: Partial<TrainSettings> = Object.fromEntries(
    names.filter((name) => options[name] !== undefined)
      .map((name) => [name, options[name]]),
  );
  const recipe = given.recipe ?? stored?.recipe ?? "notebook";
  const settings = { ...recipeSettings(recipe), ...stored, ...given };
  if (stored !== null) checkGoesOn(settings, completed(stored));
  if (!Object.hasOwn(NETWORKS, settings.network)) {
    throw new RangeError(describe({
      what: "train: network",
      expected: Object.keys(NETWORKS).join(", "),
      got: String(settings.network),
      help: "Leave it out for the recipe's.",
    }));
  }
  transformOf(settings.augment);
  checkWhole("epochs", settings.epochs, 1);
  checkWhole("batchSize", settings.batchSize, 1);
  checkWhole("limit", settings.limit, 0);
  checkWhole("patience", settings.patience, 0);
  checkWhole("stepSize", settings.stepSize, 1);
  checkNumber("warmup", settings.warmup, Infinity);
  checkNumber("valFraction", settings.valFraction, 1);
  checkNumber("targetAcc", settings.targetAcc, 1);
  checkNumber("clipGradNorm", settings.clipGradNorm, Infinity);
  checkWarmup(settings);
  return settings;
}

/** A checkpoint's settings, with those that are younger than it is. */
function completed(stored: Readonly<Partial<TrainSettings>>): TrainSettings {
  // The recipe alone chose the network; what else was not there was off.
  const { network } = recipeSettings(stored.recipe ?? "notebook");
  return { ...NOTEBOOK, network, ...stored };
}

/** Throws unless the training can go on with these settings. */
function checkGoesOn(settings: TrainSettings, stored: TrainSettings): void {
  const lasts = stored.schedule === "constant" || stored.schedule === "step";
  for (const name of Object.keys(NOTEBOOK) as (keyof TrainSettings)[]) {
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

function checkWarmup({ schedule, warmup }: TrainSettings): void {
  if (warmup === 0 || schedule !== "one-cycle") return;
  throw new RangeError(describe({
    what: "train: warmup",
    expected: "none with the schedule one-cycle, which begins with its own",
    got: String(warmup),
    help: "Leave it out, or take the schedule cosine.",
  }));
}

function checkNumber(name: string, value: number, end: number): void {
  if (value >= 0 && value < end) return;
  throw new RangeError(describe({
    what: `train: ${name}`,
    expected: end === Infinity
      ? "a number from 0"
      : `a number from 0 to ${end}`,
    got: String(value),
    help: "Leave it out for the notebook's.",
  }));
}

/** Throws unless an option is a whole number of at least `least`. */
export function checkWhole(name: string, value: number, least: number): void {
  if (Number.isSafeInteger(value) && value >= least) return;
  throw new RangeError(describe({
    what: `train: ${name}`,
    expected: `a whole number of at least ${least}`,
    got: String(value),
    help: "Leave it out for the notebook's.",
  }));
}
