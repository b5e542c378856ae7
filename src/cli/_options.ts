import { parseArgs } from "@std/cli";
import { describe } from "../base/errors.ts";
import { mostThreads } from "../devices/cpu/cpu_device.ts";
import type { DeviceChoice } from "../devices/select.ts";
import {
  type ConvolutionVariant,
  variants,
} from "../devices/webgpu/kernels/conv2d.ts";
import { closest } from "./_closest.ts";

/** A wrong call of the command line: exit status 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** What a command understands. */
export interface Options {
  /** Options that take a value, with their defaults; "" is none. */
  readonly values: Readonly<Record<string, string>>;
  /** Options that are there or not. */
  readonly flags: readonly string[];
  /** Names of the arguments that are no options, in order; default none. */
  readonly files?: readonly string[];
  /** Whether there may be any number of such arguments; default false. */
  readonly anyFiles?: boolean;
}

/** What was given, checked for names. */
export interface Given {
  readonly values: Readonly<Record<string, string>>;
  readonly flags: ReadonlySet<string>;
  /** The arguments that are no options; at least as many as were asked for. */
  readonly files: readonly string[];
}

/** Reads a command's arguments and refuses what it does not know. */
export function readOptions(
  command: string,
  args: readonly string[],
  options: Options,
): Given {
  const unknown: string[] = [];
  const files: string[] = [];
  const wanted = options.files ?? [];
  const parsed: Record<string, unknown> = parseArgs(joinNegative(args), {
    string: Object.keys(options.values),
    boolean: [...options.flags, "help"],
    alias: { help: "h" },
    default: { ...options.values },
    unknown: (argument: string, option?: string) => {
      const isFile = option === undefined &&
        (options.anyFiles === true || files.length < wanted.length);
      (isFile ? files : unknown).push(argument);
      return false;
    },
  });
  if (unknown.length > 0) {
    const names = [...Object.keys(options.values), ...options.flags, "help"];
    throw unknownArgument(command, unknown[0], names);
  }
  if (files.length < wanted.length && !parsed.help) {
    throw usage(command, `${wanted[files.length]} is missing`);
  }
  const values: Record<string, string> = {};
  for (const name of Object.keys(options.values)) {
    const value = parsed[name];
    const given = args.some((argument) =>
      argument === `--${name}` || argument.startsWith(`--${name}=`)
    );
    if (typeof value !== "string" || (given && value === "")) {
      throw usage(command, `--${name} needs one value`);
    }
    values[name] = value;
  }
  const flags = [...options.flags, "help"].filter((flag) => parsed[flag]);
  return { values, flags: new Set(flags), files };
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

/** A number above 0. */
export function positiveNumber(
  command: string,
  name: string,
  text: string,
): number {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw usage(command, `--${name}: expected a number above 0, got ${text}`);
}

/** The choice of a device. */
export function deviceChoice(command: string, text: string): DeviceChoice {
  if (text === "auto" || text === "webgpu" || text === "cpu") return text;
  throw usage(
    command,
    `--device: expected auto, webgpu or cpu, got ${text}`,
  );
}

/** The number of threads of the CPU device; undefined for one a core. */
export function threadCount(
  command: string,
  text: string,
): number | undefined {
  if (text === "") return undefined;
  const threads = wholeNumber(command, "threads", text, 1);
  if (threads <= mostThreads) return threads;
  const expected = `a whole number of at most ${mostThreads}`;
  throw usage(command, `--threads: expected ${expected}, got ${text}`);
}

/** How WebGPU does convolutions: by `auto` on any device, else on WebGPU. */
export function variantChoice(
  command: string,
  text: string,
  device: DeviceChoice,
): "auto" | ConvolutionVariant {
  const all = ["auto", ...variants] as const;
  const found = all.find((variant) => variant === text);
  if (found === undefined) {
    const expected = `${all.slice(0, -1).join(", ")} or ${all.at(-1)}`;
    throw usage(command, `--variant: expected ${expected}, got ${text}`);
  }
  if (found === "auto" || device === "webgpu") return found;
  throw usage(command, `--variant: expected --device webgpu, got ${device}`);
}

/** The error of an argument that no option has the name of. */
function unknownArgument(
  command: string,
  argument: string,
  names: readonly string[],
): UsageError {
  const [written] = argument.split("=");
  const meant = closest(written, names.map((name) => `--${name}`));
  return usage(command, `unknown argument ${written}`, meant);
}

/**
 * The error of a wrong call.
 *
 * @param meant What the caller had probably in mind.
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

/**
 * How a command is called, `cli` for all of them; completions are of the
 * compiled program alone.
 */
export function callOf(command: string): string {
  const isCompiled = Deno.build.standalone || command === "completions";
  if (!isCompiled) return `deno task ${command}`;
  return command === "cli" ? "mnist-cnn" : `mnist-cnn ${command}`;
}
