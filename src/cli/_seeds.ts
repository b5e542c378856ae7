import { join } from "@std/path";
import { meanAndDeviation } from "../base/mean_and_deviation.ts";
import type { EpochResult, TrainOptions } from "../training/mod.ts";
import type { LogPaths } from "./_logs.ts";
import { usage, wholeNumber } from "./_options.ts";
import { newFolder, openRun } from "./_run.ts";

/** One training of a call: what differs between seeds. */
export interface Training {
  /** Its seed, where several were asked for. */
  readonly settings: { seed?: number };
  /** Opens the run's folder, for the files of the training. */
  readonly files: () => Promise<RunFiles>;
  /** Path of the weights. */
  readonly out: string;
  /** Paths of the logs. */
  readonly logs: LogPaths;
}

/** The files of a training beside its weights. */
export interface RunFiles {
  /** The checkpoint to write, and the one to resume. */
  readonly options: TrainOptions;
  /** Path of the report; "" is none. */
  readonly report: string;
  /** Path of the curves; "" is none. */
  readonly plot: string;
}

type Values = Readonly<Record<string, string>>;

/**
 * The trainings of a call: one, or one for each of `--seeds`.
 *
 * @param hasReport Whether a run's folder gets a report where none is named.
 */
export function trainingsOf(values: Values, hasReport: boolean): Training[] {
  const { "checkpoint-every": every, out, seeds } = values;
  const logs = { json: values["log-json"], csv: values["log-csv"] };
  const checkpointEvery = wholeNumber("train", "checkpoint-every", every, 0);
  const filesOf = (own: Values) => openFiles(own, checkpointEvery, hasReport);
  if (seeds === "") {
    return [{ settings: {}, files: () => filesOf(values), out, logs }];
  }
  const wrong = ["seed", "resume", "checkpoint"].find((name) =>
    values[name] !== ""
  );
  if (wrong !== undefined) {
    throw usage("train", `--seeds does not go with --${wrong}`);
  }
  let made: Promise<string> | null = null;
  const parent = async () =>
    values.run === "" ? await (made ??= newFolder()) : values.run;
  return seedsOf("train", seeds).map((seed) => {
    return {
      settings: { seed },
      files: async () =>
        await filesOf({
          ...values,
          run: join(await parent(), `seed-${seed}`),
          report: withSeed(values.report, seed),
          plot: withSeed(values.plot, seed),
        }),
      out: withSeed(out, seed),
      logs: {
        json: withSeed(logs.json, seed),
        csv: withSeed(logs.csv, seed),
      },
    };
  });
}

/**
 * The seeds of `--seeds`. One that stands twice would count twice in the mean, and
 * make the spread look smaller than it is.
 */
export function seedsOf(command: string, text: string): number[] {
  const seeds = text.split(",")
    .map((seed) => wholeNumber(command, "seeds", seed, 0));
  const repeated = seeds.find((seed, at) => seeds.indexOf(seed) < at);
  if (repeated === undefined) return seeds;
  throw usage(command, `--seeds: expected each once, got ${repeated} twice`);
}

/** A table of the seeds with mean and standard deviation, after a blank line. */
export function seedsTable(
  trainings: readonly Training[],
  results: readonly EpochResult[],
): string {
  const losses = meanAndDeviation(results.map(({ valLoss }) => valLoss));
  const accuracies = meanAndDeviation(results.map(({ valAcc }) => valAcc));
  const lines = results.map(({ epoch, valAcc, valLoss }, i) => {
    const seed = String(trainings[i].settings.seed).padEnd(11);
    return `${seed} ${row(epoch, valLoss, valAcc)}`;
  });
  lines.push(`mean        ${row("", losses.mean, accuracies.mean)}`);
  if (results.length > 1) {
    const { deviation } = accuracies;
    lines.push(`deviation   ${row("", losses.deviation, deviation)}`);
  }
  return ["\nseed        epoch val_loss val_acc", ...lines].join("\n");
}

function row(epoch: number | "", loss: number, accuracy: number): string {
  return `${String(epoch).padStart(5)}  ${loss.toFixed(5)} ` +
    accuracy.toFixed(5);
}

async function openFiles(
  { checkpoint, plot, report, resume, run }: Values,
  checkpointEvery: number,
  hasReport: boolean,
): Promise<RunFiles> {
  const isOwn = hasReport && report === "";
  const opened = checkpointEvery > 0 || isOwn
    ? await openRun({ checkpoint, resume, run })
    : null;
  return {
    options: {
      ...resume === "" ? {} : { resume },
      ...checkpointEvery === 0 ? {} : {
        checkpoint: opened!.checkpoint,
        checkpointEvery,
      },
    },
    report: isOwn ? join(opened!.folder, "report.html") : report,
    plot,
  };
}

/** `a/b.json` as `a/b.seed-0.json`; no name stays none. */
function withSeed(path: string, seed: number): string {
  return path === "" ? "" : path.replace(
    /(\.[^./\\]*)?$/,
    `.seed-${seed}$1`,
  );
}
