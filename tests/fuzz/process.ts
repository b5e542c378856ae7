/**
 * A process that reads hostile files: `process.ts READER` takes their paths by
 * standard input, line by line, and answers each by a line of JSON.
 *
 * @module
 */

import process from "node:process";
import * as errors from "../../src/base/errors.ts";
import { TextLineStream } from "./_lines.ts";
import { type ReaderName, READERS } from "./readers.ts";

/** How a reader ended, and what that took. */
export interface Outcome {
  /** It was read, or refused as it should be, or neither. */
  readonly kind: "read" | "refused" | "fault";
  /** The message of an error. */
  readonly message: string;
  /** What the process had at most by then, in bytes. */
  readonly peakBytes: number;
  /** Time of all its threads on a processor, in seconds. */
  readonly seconds: number;
}

/** Words of the platform and of libraries, which tell users nothing. */
const FOREIGN =
  /undefined|is not a function|is not iterable|\bNaN\b|Invalid (array|typed|string)|out of (range|bounds)|outside the bounds|Maximum call stack|[Aa]llocation failed|Unexpected (token|end)/;

/** Reads a file and tells how that ended. */
async function outcomeOf(
  name: ReaderName,
  bytes: Uint8Array,
): Promise<Outcome> {
  const folder = await Deno.makeTempDir();
  const start = process.cpuUsage();
  let [kind, message]: [Outcome["kind"], string] = ["read", ""];
  try {
    await READERS[name](bytes, folder);
  } catch (error) {
    ({ message } = error as Error);
    kind = isOwn(error) ? "refused" : "fault";
    if (kind === "fault") message = String((error as Error).stack);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
  const { system, user } = process.cpuUsage(start);
  const seconds = (system + user) / 1e6;
  return { kind, message, peakBytes: await peak(), seconds };
}

/** Whether an error is the library's, with help in one line of its own words. */
function isOwn(error: unknown): boolean {
  return Object.values(errors).some((type) =>
    type.prototype instanceof Error && error instanceof type
  ) && /^[^\n]+[.?] Help: [^\n]+$/.test((error as Error).message) &&
    !FOREIGN.test((error as Error).message.split(": got")[1] ?? "");
}

/** The most memory that the process had; where nobody tells, what it has. */
async function peak(): Promise<number> {
  if (Deno.build.os !== "linux") return Deno.memoryUsage().rss;
  const status = await Deno.readTextFile("/proc/self/status");
  return Number(/VmHWM:\s+(\d+)/.exec(status)![1]) * 1024;
}

if (import.meta.main) {
  const name = Deno.args[0] as ReaderName;
  // A first file loads what the reader needs.
  await outcomeOf(name, new Uint8Array(4));
  const tell = (outcome: Outcome) => console.log(JSON.stringify(outcome));
  tell(await outcomeOf(name, new Uint8Array(8)));
  const paths = Deno.stdin.readable.pipeThrough(new TextLineStream());
  for await (const path of paths) {
    tell(await outcomeOf(name, await Deno.readFile(path)));
  }
}
