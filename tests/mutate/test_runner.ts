/**
 * Runs tests with mutants of TypeScript in a process that lives on, in a
 * checkout that has all of them, each switched off.
 *
 * @module
 */

import { LivingProcess } from "./_living_process.ts";
import type { TestRun } from "./covering_tests.ts";
import type { Result } from "./run.ts";
import type { MetTest, TestAnswer, TestRequest } from "./test_process.ts";

/** Seconds on processors that tests may take without a mutant. */
const MOST_CPU_SECONDS = 600;

/** A process in a checkout with switches, started where it is needed. */
export class TestRunner {
  readonly #process: LivingProcess<TestRequest, TestAnswer>;
  /** What the tests of a run meet; not of one that the process cannot take. */
  readonly #met = new Map<string, readonly MetTest[]>();
  /** The runs that the process has loaded. */
  readonly #loaded = new Set<string>();

  /** @param root The path of the checkout. */
  constructor(root: string) {
    this.#process = new LivingProcess(root, "tests/mutate/test_process.ts");
  }

  /**
   * How a mutant ended; `uncovered` where no test meets it, or that cannot be
   * told here.
   */
  async run(mutant: number, run: TestRun): Promise<Result> {
    const tests = await this.#testsOf(run);
    const meeting = tests.filter(({ mutants }) => mutants.includes(mutant))
      .sort((a, b) => a.seconds - b.seconds);
    if (meeting.length === 0) return "uncovered";
    const total = meeting.reduce((sum, { seconds }) => sum + seconds, 0);
    const request = { mutant, tests: meeting.map(({ key }) => key) };
    const first = await this.#try(request, run, 10 + 8 * total);
    if (first === "survived" || first === "killed") return first;
    // What earlier mutants left is gone with the process.
    this.close();
    const again = await this.#try(request, run, 10 + 8 * total);
    this.close();
    if (again === "late") return "timeout";
    if (again === "ended") return "killed";
    return again === "unclean" ? "uncovered" : again;
  }

  /** Ends the process. */
  close(): void {
    this.#loaded.clear();
    this.#process.close();
  }

  async #try(request: TestRequest, run: TestRun, mostSeconds: number) {
    if (!await this.#load(run)) return "unclean";
    const got = await this.#ask(request, mostSeconds);
    if (got === "late" || got === "ended") return got;
    if (!("result" in got)) throw new Error("a test process: a wrong answer");
    return got.result;
  }

  async #testsOf(run: TestRun): Promise<readonly MetTest[]> {
    const key = JSON.stringify(run);
    if (!this.#met.has(key)) await this.#load(run);
    return this.#met.get(key) ?? [];
  }

  /** Has the process load tests; whether it could. */
  async #load(run: TestRun): Promise<boolean> {
    const key = JSON.stringify(run);
    if (this.#loaded.has(key)) return true;
    const { cases, files, filter } = run;
    const wanted = cases === undefined
      ? { files, filter }
      : { files: cases.files, device: cases.device };
    const known = this.#met.get(key);
    const got = await this.#ask({ wanted, known }, MOST_CPU_SECONDS);
    if (got === "late" || got === "ended") return false;
    if (!("met" in got)) throw new Error("a test process: a wrong answer");
    this.#loaded.add(key);
    this.#met.set(key, got.met);
    return true;
  }

  async #ask(request: TestRequest, mostSeconds: number) {
    const got = await this.#process.ask(request, mostSeconds);
    if (typeof got === "object") return got.answer;
    this.#loaded.clear();
    return got;
  }
}
