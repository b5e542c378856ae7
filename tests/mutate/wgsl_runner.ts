/**
 * Runs kernel cases with broken WGSL in a process that lives on.
 *
 * @module
 */

import { LivingProcess } from "./_living_process.ts";
import { invalid, type Result } from "./run.ts";
import type { WgslTrial } from "./wgsl_process.ts";

/** Devices are not given back whole: a process opens no more than this. */
const MOST_TRIALS = 50;

/** Seconds on processors that a trial may take. */
const MOST_CPU_SECONDS = 30;

/** A process in a checkout, started where it is needed. */
export class WgslRunner {
  readonly #process: LivingProcess<WgslTrial, string | null>;

  /** @param root The path of the checkout. */
  constructor(root: string) {
    const program = "tests/mutate/wgsl_process.ts";
    this.#process = new LivingProcess(root, program, MOST_TRIALS);
  }

  /** How a mutant ended. */
  async run(trial: WgslTrial): Promise<Result> {
    const got = await this.#process.ask(trial, MOST_CPU_SECONDS);
    if (got === "late") return "timeout";
    // A kernel that takes the process with it is found out as well.
    if (got === "ended") return "killed";
    if (got.answer === null) return "survived";
    return invalid.test(got.answer) ? "invalid" : "killed";
  }

  /** Ends the process. */
  close(): void {
    this.#process.close();
  }
}
