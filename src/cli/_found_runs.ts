import { join } from "@std/path";
import { DataError, FormatError } from "../base/errors.ts";
import { list } from "../data/folder/listing.ts";
import {
  bestEpoch,
  type EpochResult,
  readCourse,
  type TrainingCourse,
} from "../training/mod.ts";

/** The checkpoint in the folder of a run. */
export const checkpointName = "checkpoint.safetensors";

/** A training that left a checkpoint in a folder of its own. */
export interface FoundRun extends TrainingCourse {
  /** Its folder, below that of all runs: `TIME`, or `TIME/seed-0`. */
  readonly name: string;
  /** Its folder. */
  readonly folder: string;
  /** Its best epoch; none where it stopped within the first. */
  readonly best?: EpochResult;
}

/**
 * The runs in a folder, best first, then those without a whole epoch. A folder
 * that is not there has none.
 *
 * @param onUnread Is told why a checkpoint cannot be read; the others are.
 */
export async function findRuns(
  folder: string,
  onUnread: (reason: string) => void,
): Promise<FoundRun[]> {
  const runs: FoundRun[] = [];
  for (const name of await runNames(folder)) {
    const own = join(folder, name);
    try {
      const course = await readCourse(join(own, checkpointName));
      runs.push({
        name,
        folder: own,
        ...course,
        best: bestEpoch(course.history),
      });
    } catch (error) {
      if (!(error instanceof DataError || error instanceof FormatError)) {
        throw error;
      }
      onUnread(error.message);
    }
  }
  return runs.sort(byBest);
}

/** Folders with a checkpoint, and those of seeds within a run's. */
async function runNames(folder: string): Promise<string[]> {
  const names: string[] = [];
  for (const name of (await list(folder))?.folders ?? []) {
    const own = await list(join(folder, name));
    if (own?.files.includes(checkpointName)) names.push(name);
    for (const seed of own?.folders ?? []) {
      const within = await list(join(folder, name, seed));
      if (within?.files.includes(checkpointName)) names.push(`${name}/${seed}`);
    }
  }
  return names.sort();
}

function byBest({ best: one }: FoundRun, { best: other }: FoundRun): number {
  if (one === undefined || other === undefined) {
    return Number(one === undefined) - Number(other === undefined);
  }
  const isBetter = bestEpoch([other, one]) === one;
  const isWorse = bestEpoch([one, other]) === other;
  return Number(isWorse) - Number(isBetter);
}
