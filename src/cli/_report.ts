import { basename } from "@std/path";
import { DataError, LibraryError } from "../base/errors.ts";
import {
  type ReportedTraining,
  type ReportOptions,
  writePlot,
  writeReport,
} from "../report/mod.ts";
import { usage } from "./_options.ts";
import type { Output } from "./_output.ts";
import type { RunFiles } from "./_seeds.ts";

type Values = Readonly<Record<string, string>>;

/** The command as it was given, with quotes where a shell needs them. */
export function commandLine(): string {
  return ["mnist-cnn", ...Deno.args.map(shellWord)].join(" ");
}

/** A word as a shell takes it for one. */
export function shellWord(word: string): string {
  return /^[\w./:=,@+-]+$/.test(word)
    ? word
    : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

/** The data set's name, or the last part of where it is. */
export function datasetName(
  { data, dataset }: Values,
  source: string,
): string {
  if (dataset !== "") return dataset;
  const isDefault = data === "data" || data === "./data";
  return isDefault ? "MNIST" : basename(source);
}

/** Rejects names and flags that contradict, before anything is trained. */
export function checkReport(
  values: Values,
  flags: ReadonlySet<string>,
): void {
  const { plot, report } = values;
  if (report !== "" && flags.has("no-report")) {
    throw usage("train", "--report does not go with --no-report");
  }
  if (plot !== "" && !/\.(svg|png)$/.test(plot)) {
    const expected = "expected a name that ends in .svg or .png";
    throw usage("train", `--plot: ${expected}, got ${plot}`);
  }
}

/** The request for a report. */
export interface ReportRequest {
  /** Facts of the report beside the training itself. */
  readonly about: Required<Pick<ReportOptions, "command" | "data" | "facts">>;
  /** Whether the report was asked for by name. */
  readonly isExplicit: boolean;
  /** Where messages go. */
  readonly output: Output;
}

/**
 * Writes report and plot of a training whose weights are saved.
 *
 * @returns The failures of those that were asked for; the failure of the default
 * page is a note only.
 */
export async function writeReports(
  training: ReportedTraining,
  { plot, report }: RunFiles,
  { about, isExplicit, output }: ReportRequest,
): Promise<Error[]> {
  const failures: Error[] = [];
  const attempt = async (path: string, write: () => Promise<void>) => {
    const start = performance.now();
    const failure = path === "" ? null : await failureOf(path, write);
    if (failure !== null) failures.push(failure);
    else if (path !== "") {
      output.say(`saved ${path}`);
      output.took(`${path} made`, start);
    }
  };
  await attempt(report, () => writeReport(report, training, about));
  if (!isExplicit) {
    for (const { message } of failures.splice(0)) output.note(message);
  }
  await attempt(plot, () => writePlot(plot, training.history));
  return failures;
}

/** Throws the first failure, and prints each other one on a line of its own. */
export function throwFirst([first, ...others]: readonly Error[]): void {
  for (const { message } of others) console.error(`error: ${message}`);
  if (first !== undefined) throw first;
}

/** A failure that a user can do something about, or null. */
async function failureOf(
  path: string,
  write: () => Promise<void>,
): Promise<Error | null> {
  try {
    await write();
    return null;
  } catch (error) {
    if (!(error instanceof LibraryError || error instanceof DataError)) {
      throw error;
    }
    const message = `the weights are saved, but not ${path}: ${error.message}`;
    return new LibraryError(message, { cause: error });
  }
}
