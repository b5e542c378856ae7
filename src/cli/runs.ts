import { dirname, join } from "@std/path";
import { closest } from "../base/closest.ts";
import { table } from "../base/table.ts";
import { removeParent, removeRun } from "./_remove_run.ts";
import type { EpochResult } from "../training/mod.ts";
import { callOf } from "./_call.ts";
import { lineColumns } from "./_columns.ts";
import type { Command } from "./_command.ts";
import { comparison } from "./_compare_runs.ts";
import { findRuns, type FoundRun } from "./_found_runs.ts";
import { jsonText } from "./_json.ts";
import { usage } from "./_options.ts";
import { jsonOption, print } from "./_output.ts";

/** `deno task runs`. */
export const runs: Command = {
  name: "runs",
  anyFiles: {
    name: "RUN",
    help: "trainings to set side by side, by their names in the table",
  },
  groups: [{
    options: [
      {
        name: "in",
        value: "DIR",
        default: "runs",
        help: "folder of the runs' folders",
      },
      {
        name: "delete",
        help: "delete checkpoint, best weights and report of each RUN",
      },
      jsonOption,
    ],
  }],
  notes:
    "A run is a folder with a checkpoint. The best is that of the highest " +
    "val_acc; of equals, of the lowest val_loss. Weights that train --out " +
    "wrote are elsewhere, and stay.",
  async run({ files, flags, values }) {
    if (flags.has("delete") && flags.has("json")) {
      throw usage("runs", "--delete does not go with --json");
    }
    if (flags.has("delete") && files.length === 0) {
      throw usage("runs", "--delete: RUN is missing");
    }
    const found = await findRuns(
      values.in,
      (reason) => console.error(`note: ${reason}`),
    );
    const named = files.map((name) => runOf(name, found, values.in));
    const chosen = named.length === 0 ? found : [...new Set(named)];
    if (flags.has("delete")) return await removeAll(chosen);
    if (flags.has("json")) {
      return console.log(jsonText({ runs: chosen.map(recordOf) }));
    }
    if (found.length === 0) {
      return print(
        `no runs in ${values.in}: ${callOf("train")} makes one`,
      );
    }
    const columns = lineColumns();
    console.log(
      named.length === 0
        ? tableOf(found, columns)
        : comparison(chosen, columns),
    );
    noteMeasured(chosen);
  },
};

/** The run of a name, which may be written as the path of its folder. */
function runOf(
  text: string,
  found: readonly FoundRun[],
  folder: string,
): FoundRun {
  const path = join(text, ".").replace(/[/\\]$/, "");
  const run = found.find((run) =>
    join(run.name) === path || join(run.folder) === path
  );
  if (run !== undefined) return run;
  const names = found.map(({ name }) => name);
  const what = `no run ${text} in ${folder}`;
  throw usage("runs", what, closest(text, names));
}

async function removeAll(runs: readonly FoundRun[]): Promise<void> {
  for (const { folder, name } of runs) {
    const rest = await removeRun(folder);
    if (name.includes("/")) await removeParent(dirname(folder));
    print(
      `deleted ${folder}` +
        (rest.length === 0 ? "" : `, but for ${rest.join(", ")}`),
    );
  }
}

function tableOf(runs: readonly FoundRun[], columns: number): string {
  const head = ["run", "network", "val_acc", "val_loss", "best epoch"];
  const rows = runs.map(({ best, history, name, settings }) => [
    name,
    settings.network,
    ...best === undefined ? ["-", "-", "-"] : [
      best.valAcc.toFixed(5),
      best.valLoss.toFixed(5),
      `${best.epoch} of ${history.length}`,
    ],
    String(settings.lr),
    String(settings.batchSize),
    String(settings.seed),
  ]);
  const all = [[...head, "lr", "batch", "seed"], ...rows];
  return table(all, 2, columns);
}

/** Says so where runs were not measured on the same kind of rows. */
function noteMeasured(runs: readonly FoundRun[]): void {
  const fractions = new Set(runs.map(({ settings }) => settings.valFraction));
  if (fractions.size < 2) return;
  console.error(
    "note: some were measured on rows held out of the training data " +
      "(--val-fraction), others on other rows",
  );
}

/** A run for machines. */
function recordOf({ best, folder, history, name, settings }: FoundRun): object {
  const epochs = history.map(
    ({ acc, epoch, loss, lr, valAcc, valLoss }: EpochResult) => {
      return { epoch, loss, acc, valLoss, valAcc, lr };
    },
  );
  return { run: name, folder, best: best?.epoch ?? null, settings, epochs };
}
