import { parseArgs } from "@std/cli";
import { choices, meantBy } from "../base/choices.ts";
import { describe } from "../base/errors.ts";
import { closest } from "../base/closest.ts";
import type { OptionRow } from "../training/options_table.ts";
import { callOf } from "./_call.ts";
import {
  type Command,
  type Given,
  type Option,
  optionsOf,
} from "./_command.ts";

/** A wrong call of the command line: exit status 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** Reads the arguments of a command and refuses unknown ones. */
export function readOptions(
  command: Command,
  args: readonly string[],
): Given {
  const { anyFiles, files: needed = [], name } = command;
  const options = optionsOf(command);
  const withValue = options.filter(({ value }) => value !== undefined);
  const lists = withValue.filter(({ repeats }) => repeats);
  const switches = options.filter(({ value }) => value === undefined);
  const unknown: string[] = [];
  const files: string[] = [];
  const parsed: Record<string, unknown> = parseArgs(joinNegative(args), {
    string: withValue.map(({ name }) => name),
    boolean: switches.map(({ name }) => name),
    alias: { help: "h" },
    collect: lists.map(({ name }) => name),
    default: Object.fromEntries(
      withValue.filter(({ repeats }) => !repeats)
        .map((option) => [option.name, option.default ?? ""]),
    ),
    unknown: (argument: string, option?: string) => {
      const isFile = option === undefined &&
        (anyFiles !== undefined || files.length < needed.length);
      (isFile ? files : unknown).push(argument);
      return false;
    },
  });
  if (unknown.length > 0) throw unknownArgument(name, unknown[0], options);
  if (files.length < needed.length && !parsed.help) {
    throw usage(name, `${needed[files.length].name} is missing`);
  }
  const explicit = new Set(args.map((argument) => argument.split("=")[0]));
  const isGiven = (option: Option) => explicit.has(`--${option.name}`);
  const values: Record<string, string> = {};
  for (const option of withValue) {
    const given = parsed[option.name];
    const value = Array.isArray(given) ? given.join(",") : given;
    if (typeof value !== "string" || (isGiven(option) && value === "")) {
      throw usage(name, `--${option.name} needs one value`);
    }
    values[option.name] = value;
  }
  const names = (options: Option[]) => options.map(({ name }) => name);
  return {
    values,
    flags: new Set(names(switches).filter((name) => parsed[name])),
    files,
    explicit: new Set(names(options.filter(isGiven))),
  };
}

/** `--lr -1` as `--lr=-1`: the parser would take the number for an option. */
function joinNegative(args: readonly string[]): string[] {
  const joined: string[] = [];
  for (const argument of args) {
    const last = joined.at(-1);
    const isValue = /^-[\d.]/.test(argument) && /^--[^=]+$/.test(last ?? "");
    if (isValue) joined[joined.length - 1] = `${last}=${argument}`;
    else joined.push(argument);
  }
  return joined;
}

/** A whole number of at least `least`. */
export function wholeNumber(
  command: string,
  name: string,
  text: string,
  least: number,
): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw usage(
    command,
    `--${name}: expected a whole number of at least ${least}, got ${text}`,
  );
}

/** One of some words. */
export function oneOf<Word extends string>(
  command: string,
  name: string,
  text: string,
  words: readonly Word[],
): Word {
  const found = words.find((word) => word === text);
  if (found !== undefined) return found;
  const what = `--${name}: expected ${choices(words)}, got ${text}`;
  throw usage(command, what, meantBy(text, words));
}

/**
 * The value of a setting of a training.
 *
 * @throws {UsageError} If it is out of range.
 */
export function checkedValue<T>(
  command: string,
  name: string,
  text: string,
  { check, parse }: Pick<OptionRow<T>, "check" | "parse">,
): T {
  const value = parse(text);
  const complaint = check(value);
  if (complaint === null) return value;
  const { choices, expected, got, part } = complaint;
  const flag = `--${name}${part === undefined ? "" : ` ${part}`}`;
  const what = `${flag}: expected ${expected}, got ${text}`;
  throw usage(command, what, choices ? meantBy(got, choices) : null);
}

/** The error of an argument that no option has the name of. */
function unknownArgument(
  command: string,
  argument: string,
  options: readonly Option[],
): UsageError {
  const [written] = argument.split("=");
  const meant = closest(written, options.map(({ name }) => `--${name}`));
  return usage(command, `unknown argument ${written}`, meant);
}

/**
 * The error of a wrong call.
 *
 * @param meant The closest valid word, if there is one.
 */
export function usage(
  command: string,
  what: string,
  meant: string | null = null,
): UsageError {
  const question = meant === null ? "" : `Did you mean ${meant}? See `;
  return new UsageError(describe({
    what: `${command}: ${what}`,
    help: `${question}${callOf(command)} --help`,
  }));
}
