/**
 * Runs kernel cases with broken WGSL in a process that lives on.
 *
 * @module
 */

import { join } from "@std/path";
import { TextLineStream } from "../fuzz/_lines.ts";
import { environment, invalid, type Result, watchTime } from "./run.ts";
import type { WgslTrial } from "./wgsl_process.ts";

/** Devices are not given back whole: a process opens no more than this. */
const MOST_TRIALS = 50;

/** Seconds on processors that a trial may take. */
const MOST_CPU_SECONDS = 30;

/** A process in a checkout, started where it is needed. */
export class WgslRunner {
  readonly #root: string;
  #process: Deno.ChildProcess | null = null;
  #input: WritableStreamDefaultWriter<Uint8Array> | null = null;
  #output: ReadableStreamDefaultReader<string> | null = null;
  #trials = 0;

  /** @param root The path of the checkout. */
  constructor(root: string) {
    this.#root = root;
  }

  /** How a mutant ended. */
  async run(trial: WgslTrial): Promise<Result> {
    if (this.#process === null || this.#trials >= MOST_TRIALS) this.#start();
    this.#trials++;
    const process = this.#process!;
    const answered = Promise.withResolvers<void>();
    const watch = watchTime(process.pid, MOST_CPU_SECONDS, answered.promise);
    const line = JSON.stringify(trial) + "\n";
    await this.#input!.write(new TextEncoder().encode(line));
    const { done, value } = await this.#output!.read();
    answered.resolve();
    const { isLate } = await watch;
    if (done) this.#process = null;
    if (isLate) return "timeout";
    // A kernel that takes the process with it is found out as well.
    const message: string | null = done ? "ended" : JSON.parse(value);
    if (message === null) return "survived";
    return invalid.test(message) ? "invalid" : "killed";
  }

  /** Ends the process. */
  close(): void {
    if (this.#process !== null) Deno.kill(-this.#process.pid, "SIGKILL");
    this.#process = null;
  }

  #start(): void {
    this.close();
    this.#trials = 0;
    this.#process = new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "--quiet", "--no-check", "--unstable-webgpu", "--allow-all"],
        join(this.#root, "tests/mutate/wgsl_process.ts"),
      ],
      cwd: this.#root,
      env: environment,
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
      detached: true,
    }).spawn();
    this.#input = this.#process.stdin.getWriter();
    this.#output = this.#process.stdout.pipeThrough(new TextLineStream())
      .getReader();
  }
}
