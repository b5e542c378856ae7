/**
 * The command line: `train`, `evaluate`, `predict` and the rest.
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

import { setOffline } from "../base/offline.ts";
import { version } from "../base/version.ts";
import {
  DataError,
  describe,
  DeviceError,
  LibraryError,
  StateDictError,
  TrainingError,
} from "../base/errors.ts";
import { Interrupted } from "./_interrupt.ts";
import { callOf, startedBy, startOf } from "./_call.ts";
import { readOptions, UsageError } from "./_options.ts";
import { closest } from "../base/closest.ts";
import { Told } from "./_command.ts";
import { commands } from "./_commands.ts";
import { helpText } from "./_help.ts";
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

/** Refusals of Deno and the system, which name what they refuse. */
const refused = [Deno.errors.NotCapable, Deno.errors.PermissionDenied];

/**
 * Runs a command.
 *
 * @param args The command's name and its arguments.
 * @returns The exit status: 0, 1 for a failure, 2 for a wrong call, 130 for
 * `Ctrl-C`, 129 for SIGHUP, 143 for SIGTERM.
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
    if (error instanceof Told) return 1;
    if (error instanceof Interrupted) return error.status;
    console.error(`error: ${reasonOf(error)}`);
    return 1;
  }
}

/**
 * The message of an error, for a user.
 *
 * @throws That error, if it is a mistake of this program.
 */
function reasonOf(error: unknown): string {
  if (explained.some((kind) => error instanceof kind)) {
    return (error as Error).message;
  }
  if (!isRefusal(error)) throw error;
  return describe({
    what: (error as Error).message,
    help: permissionHelps[startOf()],
  });
}

/** Whether Deno or the system refused what a permission is for. */
function isRefusal(error: unknown): boolean {
  if (refused.some((kind) => error instanceof kind)) return true;
  // Of a module that is loaded when it is needed.
  return error instanceof TypeError &&
    /^Requires \w+ access to /.test(error.message);
}

const permissionHelps = {
  task: "Run it by deno task, with all permissions that it needs, on files " +
    "that you may read and write.",
  run:
    "Give Deno the permission for it, and files that you may read and write.",
  compiled: "Give it files that you may read and write.",
};

async function run([name, ...args]: readonly string[]): Promise<void> {
  if (["--help", "-h", "help"].includes(name)) {
    return console.log(overview());
  }
  if (name === "--version") {
    return console.log(version);
  }
  if (name === "complete") {
    const { complete } = await import("./completions.ts");
    return await complete(args, commands);
  }
  if (name === "trial") {
    const { trial } = await import("./_trial.ts");
    return await trial(args);
  }
  const listed = commands.find((command) => command.name === name);
  if (listed === undefined) throw unknownCommand(name);
  const command = await listed.load();
  const given = readOptions(command, args);
  if (given.flags.has("help")) {
    return console.log(helpText(listed.summary, command));
  }
  setOffline(given.flags.has("offline"));
  await command.run(given);
}

function unknownCommand(name: string | undefined): UsageError {
  const names = commands.map(({ name }) => name);
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
  const lines = commands.map(({ name, summary }) =>
    `  ${name.padEnd(11)} ${summary}`
  );
  return `${version}

Usage: ${callOf("COMMAND")} [options]${
    startOf() === "task" ? "; compiled: mnist-cnn COMMAND [options]" : ""
  }

${lines.join("\n")}

COMMAND --help lists the options of a command; --version prints the version.

Exit status: 0 success, 1 failure, told in one line, 2 wrong call, 130 Ctrl-C,
129 SIGHUP, 143 SIGTERM.`;
}

if (import.meta.main) {
  startedBy(import.meta.url);
  Deno.exit(await main(Deno.args));
}
