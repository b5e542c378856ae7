/**
 * `deno task mutate`: breaks the library in one place at a time and runs the
 * tests that cover it. Lists each mutant that no test kills and that
 * `equivalent.ts` does not explain; the exit status is 1 where the score is
 * below 98 %.
 *
 * @module
 */

import { exists } from "@std/fs";
import { fromFileUrl, join } from "@std/path";
import { parseArgs } from "node:util";
import { Checkout, filesOf, removeCheckouts } from "./checkout.ts";
import { CoveringTests, type TestRun } from "./covering_tests.ts";
import { reasonOf } from "./equivalent.ts";
import { applied, type Mutation, mutationsOf, readable } from "./operators.ts";
import { type Entry, entryText, survivorsOf, tableOf } from "./report.ts";
import { endRuns, type Result, runMutant, runTests } from "./run.ts";
import { sample } from "./sample.ts";
import { switchedFiles } from "./switched.ts";
import { ImportGraph, kindOf, kinds } from "./targets.ts";

/** Killed and equivalent mutants, of all that compile. */
const LEAST_SCORE = 0.98;

const USAGE = `deno task mutate [options]

  --sample N    how many mutants, spread over kinds and files (default: 100)
  --seed S      which (default: 0)
  --only PATH   of files whose paths match it, a regular expression
  --jobs N      how many at once, each in a copy of its own (default: 1)
  --log FILE    add each to a file; what is in it is not run again, but counted
  --list        print them, and run none`;

interface Mutant {
  readonly id: number;
  readonly kind: string;
  readonly file: string;
  readonly mutation: Mutation;
}

/** A mutant that is still alive. */
interface Trial {
  readonly mutant: Mutant;
  /** Whether it is switched on in a process that lives on. */
  readonly isSwitched: boolean;
  /** Tests that it has not met, the cheapest first. */
  readonly runs: readonly TestRun[];
  readonly result: Result;
  readonly seconds: number;
}

const { values: options } = parseArgs({
  options: {
    sample: { type: "string", default: "100" },
    seed: { type: "string", default: "0" },
    only: { type: "string", default: "" },
    jobs: { type: "string", default: "1" },
    log: { type: "string" },
    list: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
if (options.help) {
  console.log(USAGE);
  Deno.exit();
}

const only = new RegExp(options.only);
const root = new URL("../../", import.meta.url);
const files = await filesOf(root);
const texts = await sourcesOf(files);
const graph = new ImportGraph(texts);
const chosen = sample(
  kinds.map(({ name }) => mutantsOf(name)),
  Number(options.sample),
  Number(options.seed),
).map((mutant, at): Mutant => ({ ...mutant, id: at + 1 }));
if (options.list) {
  for (const mutant of chosen) {
    console.log(changeText(mutant));
  }
  Deno.exit();
}

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.addSignalListener(signal, () => {
    endRuns();
    removeCheckouts();
    Deno.exit(130);
  });
}
const covering = new CoveringTests(graph);
const entries = await logged();
/** Runs of tests that some mutant passed, and those that none has yet. */
const passed = new Set<string>();
const failed = new Map<string, TestRun>();
const waiting = chosen.filter((mutant) => !isLogged(mutant));
const switched = switchedFiles(waiting, texts);
const queue: Trial[] = waiting.map((mutant) => ({
  mutant,
  isSwitched: switched.ids.has(mutant.id),
  runs: covering.runsFor(mutant.file),
  result: "uncovered",
  seconds: 0,
}));
console.log(
  `${chosen.length} mutants, ${queue.length} of them to run, ` +
    `${switched.ids.size} of these by a switch`,
);
await Promise.all(Array.from({ length: Number(options.jobs) }, work));
await checkFailed();

const { lines, score } = tableOf(entries);
const survivors = survivorsOf(entries);
for (const entry of survivors) console.log(entryText(entry));
console.log(lines.join("\n"));
console.log(`score: ${(score * 100).toFixed(1)} %`);
Deno.exit(score < LEAST_SCORE ? 1 : 0);

async function sourcesOf(
  files: readonly string[],
): Promise<Map<string, string>> {
  const isSource = /^(?:kernels|src|tests)\/.*\.(?:ts|wgsl)$/;
  const texts = new Map<string, string>();
  for (const file of files.filter((each) => isSource.test(each))) {
    texts.set(file, await Deno.readTextFile(join(fromFileUrl(root), file)));
  }
  return texts;
}

/** All mutants of a kind, by file. */
function mutantsOf(kind: string): Omit<Mutant, "id">[][] {
  const isOfKind = (file: string) =>
    kindOf(file)?.name === kind && only.test(file);
  return files.filter(isOfKind).map((file) => {
    // Families of operations are made of expressions of WGSL in strings.
    const codeInStrings = /^(?:kernels|src\/ops)\/.*\.ts$/.test(file);
    return mutationsOf(texts.get(file)!, { codeInStrings })
      .map((mutation) => ({ kind, file, mutation }));
  });
}

/** Whether the log has a mutant. */
function isLogged({ file, mutation }: Mutant): boolean {
  const { from, to } = readable(texts.get(file)!, mutation);
  return entries.some((each) =>
    each.file === file && each.from === from && each.to === to
  );
}

/** What the log has; nothing without one. */
async function logged(): Promise<Entry[]> {
  if (options.log === undefined || !await exists(options.log)) return [];
  const text = await Deno.readTextFile(options.log);
  return text.trim().split("\n").map((line) => JSON.parse(line));
}

/**
 * Takes mutants from the queue until it is empty. Those that a process which
 * lives on leaves alive, or their cheapest tests, wait until all others have had
 * theirs: what a process keeps may hide a change.
 */
async function work(): Promise<void> {
  await using checkout = await Checkout.copy(root, files, graph);
  await using switches = await Checkout.copy(
    root,
    files,
    graph,
    switched.changed,
  );
  for (let trial = queue.shift(); trial; trial = queue.shift()) {
    const start = performance.now();
    const { isSwitched, runs } = trial;
    const result = isSwitched
      ? await runSwitched(switches, trial)
      : await runAlone(checkout, trial);
    const seconds = trial.seconds + (performance.now() - start) / 1000;
    const isAlive = result === "survived" || result === "uncovered";
    // A run that has no such test says nothing: what ran before counts.
    const best = trial.result === "survived" && isAlive ? "survived" : result;
    const { mutant } = trial;
    const place = {
      file: mutant.file,
      ...readable(texts.get(mutant.file)!, mutant.mutation),
    };
    const others = isSwitched ? runs : runs.slice(1);
    if (isAlive && others.length > 0 && reasonOf(place) === undefined) {
      console.log(`  alive: ${changeText(mutant)}`);
      queue.push({
        mutant,
        isSwitched: false,
        runs: others,
        result: best,
        seconds,
      });
    } else await note(mutant, best, seconds);
  }
}

/** Switches a mutant on for all its tests, until one tells. */
async function runSwitched(
  { tests }: Checkout,
  { mutant, runs }: Trial,
): Promise<Result> {
  let best: Result = "uncovered";
  for (const run of runs) {
    const result = await tests.run(mutant.id, run);
    if (result === "killed" || result === "timeout") return result;
    if (result === "survived") best = result;
  }
  return best;
}

/** Breaks the file for the cheapest tests that a mutant has not met. */
async function runAlone(
  checkout: Checkout,
  { mutant, runs: [run] }: Trial,
): Promise<Result> {
  if (run === undefined) return "uncovered";
  const { file, mutation } = mutant;
  const text = applied(texts.get(file)!, mutation);
  const result = await runMutant(checkout, file, text, run);
  if (result === "survived") passed.add(JSON.stringify(run));
  else if (result === "killed" || result === "timeout") {
    failed.set(JSON.stringify(run), run);
  }
  return result;
}

function changeText({ file, mutation }: Mutant): string {
  const { from, line, to } = readable(texts.get(file)!, mutation);
  return `${file}:${line}: ${mutation.operator}\n    - ${from}\n    + ${to}`;
}

/** Prints and logs how a mutant ended. */
async function note(
  { file, kind, mutation }: Mutant,
  result: Result,
  took: number,
): Promise<void> {
  const { operator } = mutation;
  const seconds = Math.round(took * 10) / 10;
  const place = { file, ...readable(texts.get(file)!, mutation) };
  const entry: Entry = { kind, ...place, operator, result, seconds };
  entries.push(entry);
  console.log(`${entries.length} ${entryText(entry)}`);
  if (options.log === undefined) return;
  const line = JSON.stringify(entry) + "\n";
  await Deno.writeTextFile(options.log, line, { append: true });
}

/** Whether tests that failed with every mutant pass without. */
async function checkFailed(): Promise<void> {
  await using checkout = await Checkout.copy(root, files, graph);
  for (const [key, run] of failed) {
    if (passed.has(key)) continue;
    const result = await runTests(checkout.root, run);
    if (result === "survived") continue;
    console.error(
      `mutate: ${(run.cases ?? run).files.join(", ")}${
        run.filter ? ` (${run.filter})` : ""
      }: ` +
        `expected tests that pass, got "${result}" without any change. ` +
        "Help: Mend them first: what they killed counts for nothing.",
    );
    Deno.exit(1);
  }
}
