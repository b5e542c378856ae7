import { exists } from "@std/fs";
import { join } from "@std/path";
import { type EpochResult, readCourse } from "../training/mod.ts";

/** The checkpoint in a trial's folder. */
const checkpointName = "checkpoint.safetensors";

/** The weights in a trial's folder, once it has trained to its end. */
export const weightsName = "trial.safetensors";

/** A training of a sweep: a setting with a seed. */
export interface Trial {
  /** Its name, that of its folder too. */
  readonly name: string;
  /** Its folder, a run's. */
  readonly folder: string;
  /** The index of its setting. */
  readonly setting: number;
  /** Its seed. */
  readonly seed: number;
}

/** How far a trial is. */
export interface TrialState {
  /** Its epochs so far. */
  readonly history: readonly EpochResult[];
  /** Whether it has trained to its end. */
  readonly isDone: boolean;
  /** Why it cannot go on. */
  readonly failure?: string;
}

/** The checkpoint in a trial's folder, or null where there is none yet. */
export async function checkpointIn(folder: string): Promise<string | null> {
  const path = join(folder, checkpointName);
  return await exists(path) ? path : null;
}

/**
 * How far a trial is, from its files: they are written whole or not at all, so
 * that they tell the truth after a kill too.
 *
 * @throws {DataError | FormatError} If its checkpoint cannot be read.
 */
export async function stateOf(trial: Trial): Promise<TrialState> {
  const checkpoint = await checkpointIn(trial.folder);
  if (checkpoint === null) return { history: [], isDone: false };
  const { history } = await readCourse(checkpoint);
  const isDone = await exists(join(trial.folder, weightsName));
  return { history, isDone };
}

/** A name for each setting and seed: `trial-03`, or `trial-03-seed-1`. */
export function trialsOf(
  folder: string,
  settings: number,
  seeds: readonly number[],
): Trial[] {
  const digits = Math.max(2, String(settings).length);
  return Array.from({ length: settings }, (_, setting) =>
    seeds.map((seed) => {
      const number = String(setting + 1).padStart(digits, "0");
      const suffix = seeds.length === 1 ? "" : `-seed-${seed}`;
      const name = `trial-${number}${suffix}`;
      return { name, folder: join(folder, name), setting, seed };
    })).flat();
}
