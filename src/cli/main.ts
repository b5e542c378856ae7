/**
 * The command line: `train`, `evaluate`, `predict` and the rest of `commands`.
 *
 * @module
 */

import config from "../../deno.json" with { type: "json" };
import {
  DataError,
  describe,
  DeviceError,
  LibraryError,
  StateDictError,
  TrainingError,
} from "../errors.ts";
import { Interrupted, interruptedStatus } from "./_interrupt.ts";
import { UsageError } from "./_options.ts";
import { closest } from "./_closest.ts";
import * as completions from "./completions.ts";
import * as convert from "./convert.ts";
import * as data from "./data.ts";
import * as doctor from "./doctor.ts";
import * as evaluate from "./evaluate.ts";
import * as inspect from "./inspect.ts";
import * as predict from "./predict.ts";
import * as summary from "./summary.ts";
import * as train from "./train.ts";

interface Command {
  run(args: readonly string[]): void | Promise<void>;
  /** What `--help` prints; its first line is what the command does. */
  readonly help: string;
}

const commands: Readonly<Record<string, Command>> = {
  train: { run: train.trainCommand, help: train.help },
  evaluate: { run: evaluate.evaluateCommand, help: evaluate.help },
  predict: { run: predict.predictCommand, help: predict.help },
  data: { run: data.dataCommand, help: data.help },
  summary: { run: summary.summaryCommand, help: summary.help },
  convert: { run: convert.convertCommand, help: convert.help },
  inspect: { run: inspect.inspectCommand, help: inspect.help },
  completions: {
    run: completions.completionsCommand,
    help: completions.help,
  },
  doctor: { run: doctor.doctorCommand, help: doctor.help },
};

/** Errors whose message is all that a user needs. */
const explained = [
  DataError,
  DeviceError,
  LibraryError,
  RangeError,
  StateDictError,
  SyntaxError,
  TrainingError,
];

/**
 * Runs a command.
 *
 * @param args The command's name and its arguments.
 * @returns The exit status: 0, 1 for a failure, 2 for a wrong call, 130 for
 * `Ctrl-C`.
 */
export async function main(args: readonly string[]): Promise<number> {
  try {
    await run(args);
    return 0;
  } catch (error) {
    if (error instanceof UsageError) {
      console.error(`error: ${error.message}`);
      return 2;
    }
    if (error instanceof Interrupted) return interruptedStatus;
    if (!explained.some((kind) => error instanceof kind)) throw error;
    console.error(`error: ${(error as Error).message}`);
    return 1;
  }
}

async function run([name, ...args]: readonly string[]): Promise<void> {
  if (name === "--help") return console.log(overview());
  if (name === "--version") {
    return console.log(`${config.name} ${config.version}`);
  }
  if (name === "complete") return await completions.complete(args, commands);
  const names = Object.keys(commands);
  if (!Object.hasOwn(commands, name ?? "")) {
    throw new UsageError(describe({
      what: "command",
      expected: names.join(", "),
      got: name ?? "nothing",
      help: `deno task ${closest(name ?? "", names) ?? "train"} --help`,
    }));
  }
  await commands[name].run(args);
}

function overview(): string {
  const lines = Object.entries(commands).map(([name, { help }]) =>
    `  ${name.padEnd(11)} ${help.split("\n")[0]}`
  );
  return `${config.name} ${config.version}

Usage: deno task COMMAND [options], or mnist-cnn COMMAND [options] compiled

${lines.join("\n")}

COMMAND --help lists the options of a command; --version prints the version.

Exit status: 0 all is well, 1 a failure, told in one line, 2 a wrong call,
130 Ctrl-C.`;
}

if (import.meta.main) Deno.exit(await main(Deno.args));
