/**
 * A trial as a process of its own: this same program, which may write into the
 * trial's folder and nowhere else, and reach no network.
 *
 * @module
 */

import { isCompiled } from "../base/help.ts";
import { version } from "../base/version.ts";
import { makeFolder } from "../formats/files.ts";
import { checkpointIn } from "./trial.ts";

/** The line on standard input that asks a trial to stop in order. */
export const stopLine = "stop\n";

/** An epoch of a trial, as `train --json` prints it. */
export interface TrialEpoch {
  /** The epoch, from 1. */
  readonly epoch: number;
  /** The accuracy that settings are compared by. */
  readonly val_acc: number;
}

/** How a trial is watched and stopped. */
export interface TrialProcessOptions {
  /** Hears of each epoch. */
  onEpoch?(epoch: TrialEpoch): void;
  /** Hears each line that it prints on stderr. */
  onDetail?(line: string): void;
  /** Stops it after a step, with its checkpoint. */
  readonly signal: AbortSignal;
}

/** The end of a process. */
export interface TrialEnd {
  /** Its exit status. */
  readonly code: number;
  /** What it said is wrong, in one line; "" where nothing is. */
  readonly message: string;
}

/** What a trial is to do, on whichever machine. */
export interface TrialJob {
  /** Its folder. */
  readonly folder: string;
  /** Arguments of `train`. */
  readonly args: readonly string[];
  /** Those of the weights to start from, where there is no checkpoint yet. */
  readonly initial: readonly string[];
}

/**
 * Trains a trial in a process of its own, from its checkpoint or from the start.
 * It ends with this one, however this one ends: its standard input is closed
 * then.
 *
 * @throws {DataError} If its folder cannot be made.
 * @throws {Deno.errors.NotCapable} Without permission to run this program.
 */
export async function runTrialProcess(
  { args, folder, initial }: TrialJob,
  { onDetail, onEpoch, signal }: TrialProcessOptions,
): Promise<TrialEnd> {
  await makeFolder(folder);
  const checkpoint = await checkpointIn(folder);
  const start = checkpoint === null ? initial : ["--resume", checkpoint];
  const child = new Deno.Command(await programPath(), {
    args: [...programArguments(folder), "trial", ...args, ...start],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const input = child.stdin.getWriter();
  const stop = () => {
    // A process that has ended by itself reads nothing more.
    input.write(new TextEncoder().encode(stopLine)).catch(() => {});
  };
  if (signal.aborted) stop();
  signal.addEventListener("abort", stop);
  let message = "";
  const [{ code }] = await Promise.all([
    child.status,
    eachLine(child.stdout, (line) => onEpoch?.(JSON.parse(line))),
    eachLine(child.stderr, (line) => {
      onDetail?.(line);
      if (line.startsWith("error: ")) message = line.slice("error: ".length);
      // A mistake of this program's own has no such line, but a stack.
      else if (message === "" && !line.startsWith(" ")) message = line;
    }),
  ]);
  signal.removeEventListener("abort", stop);
  await input.close().catch(() => {});
  return { code, message: code === 0 ? "" : message };
}

/**
 * The program to run: this one, or `deno` where that name alone is permitted. On
 * the PATH it may be a link, which Deno takes for another program.
 */
async function programPath(): Promise<string> {
  const own = Deno.execPath();
  const may = async (command: string) => {
    const { state } = await Deno.permissions.query({ name: "run", command });
    return state === "granted";
  };
  const isNamed = !isCompiled && !await may(own) &&
    await may("deno");
  return isNamed ? "deno" : own;
}

/** What starts this program again, before the name of a command. */
function programArguments(folder: string): string[] {
  // A compiled program has its permissions in itself.
  if (isCompiled) return [];
  return [
    ...["run", "--quiet", "--no-prompt", "--unstable-webgpu"],
    ...["--unstable-lazy-dynamic-imports", "--allow-read"],
    "--allow-env=DENO_V8_FLAGS",
    `--allow-write=${folder.replaceAll(",", ",,")}`,
    entryOf(import.meta.url),
  ];
}

/**
 * The module of the command line, wherever this one was loaded from: a checkout,
 * an address, the registry JSR, or one bundled file, which is the program itself.
 *
 * @param own The address of this module.
 */
export function entryOf(own: string): string {
  const [name, number] = version.split(" ");
  if (own.startsWith("https://jsr.io/")) return `jsr:${name}@${number}/cli`;
  const place = /\/src\/sweep\/trial_process\.ts$/;
  return place.test(own) ? own.replace(place, "/src/cli/mod.ts") : own;
}

async function eachLine(
  bytes: ReadableStream<Uint8Array<ArrayBuffer>>,
  hear: (line: string) => void,
): Promise<void> {
  let rest = "";
  for await (const text of bytes.pipeThrough(new TextDecoderStream())) {
    const lines = `${rest}${text}`.split("\n");
    rest = lines.pop()!;
    lines.forEach(hear);
  }
  if (rest !== "") hear(rest);
}
