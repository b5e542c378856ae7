/**
 * The command line: `train`, `evaluate`, `predict` and the rest of `commands`.
 *
 * @example
 * ```ts
 * import { main } from "@x/mnist-cnn/cli";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(await main(["summary", "--network", "mlp"]), 0);
 * ```
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
} from "../base/errors.ts";
import { Interrupted, interruptedStatus } from "./_interrupt.ts";
import { callOf, UsageError } from "./_options.ts";
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

/** What Deno and the system refuse: their message says what. */
const refused = [Deno.errors.NotCapable, Deno.errors.PermissionDenied];

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
    console.error(`error: ${reasonOf(error)}`);
    return 1;
  }
}

/**
 * What a user has to know of an error.
 *
 * @throws That error, if it is a mistake of this program.
 */
function reasonOf(error: unknown): string {
  if (explained.some((kind) => error instanceof kind)) {
    return (error as Error).message;
  }
  if (!refused.some((kind) => error instanceof kind)) throw error;
  return describe({
    what: (error as Error).message,
    help: "Run it by deno task, with all permissions that it needs, on files " +
      "that you may read and write.",
  });
}

async function run([name, ...args]: readonly string[]): Promise<void> {
  if (["--help", "-h", "help"].includes(name)) {
    return console.log(overview());
  }
  if (name === "--version") {
    return console.log(`${config.name} ${config.version}`);
  }
  if (name === "complete") return await completions.complete(args, commands);
  if (!Object.hasOwn(commands, name ?? "")) throw unknownCommand(name);
  await commands[name].run(args);
}

function unknownCommand(name: string | undefined): UsageError {
  const names = Object.keys(commands);
  const meant = closest(name ?? "", names);
  return new UsageError(describe({
    what: "command",
    expected: names.join(", "),
    got: name ?? "nothing",
    help: meant === null
      ? `${callOf("cli")} --help`
      : `Did you mean ${meant}? See ${callOf(meant)} --help`,
  }));
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
