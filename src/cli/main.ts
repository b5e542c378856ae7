/**
 * The command line: `train`, `evaluate`, `predict` and the rest of `commands`.
 *
 * @module
 */

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
import { convertCommand } from "./convert.ts";
import { dataCommand } from "./data.ts";
import { doctorCommand } from "./doctor.ts";
import { evaluateCommand } from "./evaluate.ts";
import { inspectCommand } from "./inspect.ts";
import { predictCommand } from "./predict.ts";
import { summaryCommand } from "./summary.ts";
import { trainCommand } from "./train.ts";

const commands = {
  train: trainCommand,
  evaluate: evaluateCommand,
  predict: predictCommand,
  data: dataCommand,
  summary: summaryCommand,
  convert: convertCommand,
  inspect: inspectCommand,
  doctor: doctorCommand,
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
  const names = Object.keys(commands);
  if (name === "--help") return console.log(`Commands: ${names.join(", ")}`);
  const command = Object.entries(commands).find(([known]) => known === name);
  if (command === undefined) {
    throw new UsageError(describe({
      what: "command",
      expected: names.join(", "),
      got: name ?? "nothing",
      help: `deno task ${closest(name ?? "", names) ?? "train"} --help`,
    }));
  }
  await command[1](args);
}

if (import.meta.main) Deno.exit(await main(Deno.args));
