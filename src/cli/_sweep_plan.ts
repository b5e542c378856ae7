import { join } from "@std/path";
import { defaultThreads } from "../devices/cpu/cpu_device.ts";
import {
  type Axis,
  axisOf,
  grid,
  isRange,
  type ListAxis,
  rungsOf,
  type runSweep,
  sample,
  type Setting,
  type Trial,
  type TrialJob,
  trialsOf,
  weightsName,
} from "../sweep/mod.ts";
import {
  flagOf,
  OPTION_NAMES,
  OPTIONS,
  readInitialWeights,
  settingsOf,
  type TrainSettings,
} from "../training/mod.ts";
import type { Given } from "./_command.ts";
import { dataOptions } from "./_data_options.ts";
import { machineOptions } from "./_machine.ts";
import { usage, UsageError, wholeNumber } from "./_options.ts";
import { shellWord } from "./_report.ts";
import { seedsOf } from "./_seeds.ts";
import { heldOut } from "./_sweep_options.ts";
import { givenSettings } from "./_train_settings.ts";

type Values = Readonly<Record<string, string>>;

/** What a call of `sweep` asks for, whichever folder it goes into. */
export interface Search {
  /** The options that differ. */
  readonly axes: readonly Axis[];
  /** What they are in each setting. */
  readonly settings: readonly Setting[];
  /** The seeds of each setting. */
  readonly seeds: readonly number[];
  /** Epochs after which settings are compared; the last is the end. */
  readonly rungs: readonly number[];
  /** Of the settings at a rung, the best 1 / `reductionFactor` go on. */
  readonly reductionFactor: number;
}

/**
 * The settings and seeds that the options ask for, each checked.
 *
 * @throws {UsageError} If a setting is none that can be trained.
 */
export async function searchOf({ flags, values }: Given): Promise<Search> {
  const axes = axesOf(values);
  const settings = settingsIn(axes, values);
  const seeds = seedsOf("sweep", values.seeds);
  const all = await checked(settings, axes, values);
  const reductionFactor = wholeNumber(
    ...["sweep", "reduction-factor", values["reduction-factor"], 2] as const,
  );
  const minResource = wholeNumber(
    ...["sweep", "min-resource", values["min-resource"], 1] as const,
  );
  const epochs = [...new Set(all.map(({ epochs }) => epochs))];
  if (!flags.has("halving")) {
    return {
      axes,
      settings,
      seeds,
      rungs: [Math.max(...epochs)],
      reductionFactor,
    };
  }
  if (epochs.length > 1) {
    const got = epochs.join(" and ");
    throw usage(
      "sweep",
      `--halving: expected settings of equal epochs, got ${got}`,
    );
  }
  const rungs = rungsOf(epochs[0], { reductionFactor, minResource });
  if (rungs.length === 1) {
    const least = reductionFactor * minResource;
    throw usage(
      "sweep",
      `--halving: expected --epochs of at least ${least}, the product of ` +
        `--reduction-factor and --min-resource, got ${epochs[0]}`,
    );
  }
  return { axes, settings, seeds, rungs, reductionFactor };
}

/** The options with several values. */
function axesOf(values: Values): Axis[] {
  try {
    const axes = OPTION_NAMES.map((name) =>
      axisOf(name, values[flagOf(name)] ?? "")
    ).filter((axis) => axis !== null);
    if (axes.some(({ name }) => name === "valFraction")) {
      throw usage(
        "sweep",
        "--val-fraction: expected one value, with which all are compared, " +
          `got ${values["val-fraction"]}`,
      );
    }
    return axes;
  } catch (error) {
    throw asUsage(error);
  }
}

function settingsIn(axes: readonly Axis[], values: Values): Setting[] {
  const { "search-seed": seed, trials } = values;
  const searchSeed = wholeNumber("sweep", "search-seed", seed, 0);
  if (trials !== "") {
    const count = wholeNumber("sweep", "trials", trials, 1);
    return sample(axes, count, searchSeed);
  }
  const range = axes.find(isRange);
  if (range !== undefined) {
    const flag = flagOf(range.name);
    throw usage(
      "sweep",
      `--${flag} ${values[flag]}: a range goes with --trials N`,
    );
  }
  return grid(axes as readonly ListAxis[]);
}

/** All settings of each training, or an error of the first that is none. */
async function checked(
  settings: readonly Setting[],
  axes: readonly Axis[],
  values: Values,
): Promise<TrainSettings[]> {
  const { init, key } = values;
  const given = { init: init || undefined, key: key || undefined };
  const initial = await readInitialWeights(given);
  const several = axes.map(({ name }) => flagOf(name));
  return settings.map((setting) => {
    const own = onlyOn({ ...without(values, several), ...setting });
    try {
      const options = { ...givenSettings("sweep", own), ...given };
      return settingsOf(options, null, initial?.settings);
    } catch (error) {
      throw asUsage(error);
    }
  });
}

/** Options without those that turn off what is off where they are not given. */
function onlyOn(values: Values): Values {
  const off = OPTION_NAMES.filter((name) => {
    const text = values[flagOf(name)] ?? "";
    const { check, default: value, parse } = OPTIONS[name];
    const parsed = parse(text);
    return text !== "" && parsed === value && check(parsed as never) !== null;
  });
  return without(values, off.map(flagOf));
}

function without(values: Values, names: readonly string[]): Values {
  return Object.fromEntries(
    Object.entries(values).filter(([name]) => !names.includes(name)),
  );
}

/** A mistake in the options as that of a call. */
function asUsage(error: unknown): unknown {
  if (!(error instanceof RangeError)) return error;
  return new UsageError(error.message, { cause: error });
}

/** A sweep in a folder. */
export interface PlannedSweep extends Search {
  /** Its folder. */
  readonly folder: string;
  /** Its trials. */
  readonly trials: readonly Trial[];
  /** Threads of the CPU device of each trial: they decide its bytes. */
  readonly threads: number;
}

/** Names the trials of a search. */
export function planIn(
  folder: string,
  search: Search,
  threads: number,
): PlannedSweep {
  const { seeds, settings } = search;
  const trials = trialsOf(folder, settings.length, seeds);
  return { ...search, folder, trials, threads };
}

/** The threads of each trial: those given, or its share of the cores. */
export function threadsOf({ threads }: Values, jobs: number): number {
  if (threads !== "") return wholeNumber("sweep", "threads", threads, 1);
  const share = Math.floor(navigator.hardwareConcurrency / jobs);
  return Math.min(Math.max(1, share), defaultThreads());
}

/** The plan as {@linkcode runSweep} takes it. */
export function runnable(
  { reductionFactor, rungs, settings, trials }: PlannedSweep,
): Parameters<typeof runSweep>[0] {
  return { reductionFactor, rungs, settings: settings.length, trials };
}

/**
 * What a trial is to do.
 *
 * @param stopAfter The epoch after which it is left; null trains to the end.
 */
export function jobOf(
  plan: PlannedSweep,
  { folder, seed, setting }: Trial,
  given: Given,
  stopAfter: number | null,
): TrialJob {
  const args = [
    ...["--run", folder, "--out", join(folder, weightsName)],
    ...["--force", "--no-report", "--json", "--offline"],
    ...stopAfter === null ? [] : ["--stop-after", String(stopAfter)],
    ...settingArguments(plan, setting, given),
    `--seed=${seed}`,
    ...givenArguments(given, dataNames),
    ...givenArguments(given, machineNames),
    `--threads=${plan.threads}`,
  ];
  return { folder, args, initial: givenArguments(given, ["init", "key"]) };
}

/**
 * The command that trains with a setting again: on all training images, and
 * measured on the test images.
 *
 * @returns The options, each with its value.
 */
export function trainOptionsOf(
  plan: PlannedSweep,
  setting: number,
  given: Given,
): string[] {
  return [
    ...settingArguments(plan, setting, given)
      .filter((word) => !word.startsWith("--val-fraction=")),
    `--seed=${plan.seeds[0]}`,
    ...givenArguments(given, [...dataNames, ...machineNames, "init", "key"]),
  ].map((word) => {
    const [option, ...value] = word.split("=");
    return value.length === 0
      ? option
      : `${option} ${shellWord(value.join("="))}`;
  });
}

const dataNames = dataOptions().map(({ name }) => name);

const machineNames = machineOptions.map(({ name }) => name)
  .filter((name) => name !== "threads");

/** What is trained with, but for the seed. */
function settingArguments(
  { settings }: PlannedSweep,
  setting: number,
  { values }: Given,
): string[] {
  const own = onlyOn({
    ...values,
    "val-fraction": values["val-fraction"] || heldOut,
    ...settings[setting],
  });
  return OPTION_NAMES.map(flagOf)
    .filter((flag) => (own[flag] ?? "") !== "")
    .map((flag) => `--${flag}=${own[flag]}`);
}

/** Those of some options that were given, as arguments. */
export function givenArguments(
  { explicit, flags, values }: Given,
  names: readonly string[],
): string[] {
  return names.filter((name) => explicit.has(name)).map((name) => {
    if (name in values) return `--${name}=${values[name]}`;
    return flags.has(name) ? `--${name}` : `--${name}=false`;
  });
}
