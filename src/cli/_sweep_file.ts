import { join } from "@std/path";
import { describe, FormatError } from "../base/errors.ts";
import { readFile, writeFileAtomic } from "../formats/files.ts";
import { rank, type Trial, type TrialState } from "../sweep/mod.ts";
import { bestEpoch, flagOf, OPTION_NAMES, OPTIONS } from "../training/mod.ts";
import type { PlannedSweep } from "./_sweep_plan.ts";

/** The file in a sweep's folder that tells how it was called and what it found. */
export const sweepFile = "sweep.json";

/** The version of that file's format. */
const version = 1;

/** What a sweep needs to go on. */
export interface SweepCall {
  /** The arguments of `sweep`, without those that do not change its trials. */
  readonly args: readonly string[];
  /** What tells its trials from those of other sweeps in a queue. */
  readonly id: string;
  /** Threads of the CPU device of each trial. */
  readonly threads: number;
}

/** A sweep for machines, in Python's spelling. */
export function sweepRecord(
  plan: PlannedSweep,
  { args, id, threads }: SweepCall,
  states: ReadonlyMap<Trial, TrialState>,
): object {
  const ranks = ranksOf(plan, states);
  return {
    version,
    sweep: plan.folder,
    id,
    args,
    threads,
    rungs: plan.rungs,
    settings: ranks.map((rank) => ({
      setting: valuesOf(plan, rank.setting),
      val_acc: rank.valAcc,
      val_acc_std: rank.deviation,
      val_loss: rank.valLoss,
      epochs: rank.epochs,
    })),
    trials: plan.trials.map((trial) => {
      const state = stateIn(states, trial);
      const { failure, history } = state;
      const best = bestEpoch(history);
      return {
        trial: trial.name,
        folder: trial.folder,
        setting: valuesOf(plan, trial.setting),
        seed: trial.seed,
        state: stateName(state),
        epochs: history.length,
        best_epoch: best?.epoch ?? null,
        val_acc: best?.valAcc ?? null,
        val_loss: best?.valLoss ?? null,
        ...failure === undefined ? {} : { error: failure },
      };
    }),
  };
}

/** How a trial ended, in a word. */
export function stateName({ failure, history, isDone }: TrialState): string {
  if (failure !== undefined) return "failed";
  if (isDone) return "finished";
  return history.length > 0 ? "stopped" : "waiting";
}

/** The settings from the best to the worst. */
export function ranksOf(
  { settings, trials }: PlannedSweep,
  states: ReadonlyMap<Trial, TrialState>,
) {
  const all = new Map(
    trials.map((trial) => [trial, stateIn(states, trial)] as const),
  );
  return rank(settings.map((_, index) => index), trials, all);
}

function stateIn(
  states: ReadonlyMap<Trial, TrialState>,
  trial: Trial,
): TrialState {
  return states.get(trial) ?? { history: [], isDone: false };
}

/** The values of a setting, in Python's spelling. */
function valuesOf({ settings }: PlannedSweep, index: number) {
  const setting = settings[index];
  const names = OPTION_NAMES.filter((name) => flagOf(name) in setting);
  return Object.fromEntries(names.map((name) => {
    const flag = flagOf(name);
    return [flag.replaceAll("-", "_"), OPTIONS[name].parse(setting[flag])];
  }));
}

/**
 * Writes how a sweep was called and what it has found so far.
 *
 * @throws {DataError} If it cannot be written.
 */
export async function writeSweep(
  folder: string,
  record: object,
): Promise<void> {
  const text = `${JSON.stringify(record, null, 2)}\n`;
  const path = join(folder, sweepFile);
  await writeFileAtomic(path, new TextEncoder().encode(text));
}

/**
 * Reads how the sweep in a folder was called.
 *
 * @throws {DataError} If there is none.
 * @throws {FormatError} If a file is there, but none of a sweep.
 */
export async function readSweep(folder: string): Promise<SweepCall> {
  const path = join(folder, sweepFile);
  const found = parse(new TextDecoder().decode(await readFile(path)));
  const { args, id, threads } = found;
  const isCall = found.version === version && Number.isSafeInteger(threads) &&
    typeof id === "string" && Array.isArray(args) &&
    args.every((word) => typeof word === "string");
  if (isCall) return { args, id, threads: threads as number };
  throw new FormatError(describe({
    what: path,
    expected: `a file that sweep wrote, of version ${version}`,
    got: found.version === undefined
      ? "another file"
      : `version ${found.version}`,
    help: "Give the folder of a sweep, unchanged.",
  }));
}

function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    return Object(JSON.parse(text));
  } catch {
    return {}; // The caller says that it is none.
  }
}
