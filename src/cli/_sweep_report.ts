import { join } from "@std/path";
import { LibraryError } from "../base/errors.ts";
import { writeSweepPage } from "../report/sweep_page.ts";
import type { Trial, TrialState } from "../sweep/mod.ts";
import { bestEpoch, flagOf } from "../training/mod.ts";
import type { Given } from "./_command.ts";
import { callOf } from "./_call.ts";
import type { Output } from "./_output.ts";
import { ranksOf, stateName } from "./_sweep_file.ts";
import { type PlannedSweep, trainOptionsOf } from "./_sweep_plan.ts";

/** The page in a sweep's folder. */
export const sweepPage = "sweep.html";

/**
 * Writes the page of a sweep into its folder; where that cannot be drawn, a note
 * says so.
 *
 * @throws {DataError} If it cannot be written.
 */
export async function reportSweep(
  plan: PlannedSweep,
  states: ReadonlyMap<Trial, TrialState>,
  given: Given,
  output: Output,
): Promise<void> {
  const ranks = ranksOf(plan, states);
  const names = plan.axes.map(({ name }) => flagOf(name));
  const command = [
    callOf("train"),
    ...trainOptionsOf(plan, ranks[0].setting, given),
  ];
  const path = join(plan.folder, sweepPage);
  const own = [...given.explicit].filter((name) =>
    !names.includes(name) && given.values[name] !== undefined &&
    !["seeds", "jobs", "run", "resume"].includes(name)
  );
  try {
    await writeSweepPage(path, {
      title: `Sweep of ${names.length === 0 ? "seeds" : names.join(", ")}`,
      command: command.join(" "),
      options: names,
      settings: ranks.map((rank) => ({
        ...rank,
        values: plan.settings[rank.setting],
      })),
      trials: plan.trials.map((trial) => {
        const state = states.get(trial)!;
        return {
          name: trial.name,
          seed: trial.seed,
          values: plan.settings[trial.setting],
          valAcc: bestEpoch(state.history)?.valAcc ?? NaN,
          state: stateName(state),
        };
      }),
      facts: {
        seeds: plan.seeds.join(", "),
        rungs: `${plan.rungs.join(", ")} epochs`,
        threads: String(plan.threads),
        ...Object.fromEntries(own.map((name) => [name, given.values[name]])),
      },
    });
    output.say(`saved ${path}`);
  } catch (error) {
    if (!(error instanceof LibraryError)) throw error;
    output.note(`no page ${path}: ${error.message}`);
  }
}
