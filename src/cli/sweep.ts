import { exists } from "@std/fs";
import { join } from "@std/path";
import { DataError, describe } from "../base/errors.ts";
import { makeFolder } from "../formats/files.ts";
import {
  isBelowHere,
  runSweep,
  runTrialProcess,
  stateOf,
  type Trial,
  type TrialEpoch,
  TrialQueue,
  type TrialState,
} from "../sweep/mod.ts";
import { bestEpoch } from "../training/mod.ts";
import { lineColumns, wrapped } from "./_columns.ts";
import type { Command, Given } from "./_command.ts";
import { openData } from "./_data.ts";
import { Interrupt } from "./_interrupt.ts";
import { machineOf } from "./_machine.ts";
import { callOf } from "./_call.ts";
import { readOptions, usage, wholeNumber } from "./_options.ts";
import { Output } from "./_output.ts";
import { newFolder } from "./_run.ts";
import { StatusLine } from "./_status_line.ts";
import {
  ranksOf,
  readSweep,
  type SweepCall,
  sweepFile,
  sweepRecord,
  writeSweep,
} from "./_sweep_file.ts";
import { heldOut, resumeOptions, sweepGroups } from "./_sweep_options.ts";
import {
  givenArguments,
  jobOf,
  planIn,
  type PlannedSweep,
  runnable,
  searchOf,
  threadsOf,
  trainOptionsOf,
} from "./_sweep_plan.ts";
import { reportSweep } from "./_sweep_report.ts";
import { settingLine, sweepTable } from "./_sweep_table.ts";

/** `deno task sweep`. */
export const sweep: Command = {
  name: "sweep",
  groups: sweepGroups,
  notes: `A list is A,B,C. A range LOW:HIGH is drawn from, for lr and \
weight-decay evenly in the logarithm. Options that have commas of their own, \
such as augment, have one value.
The best setting is that of the highest val_acc, the mean over the seeds of \
each one's best epoch, as runs has it. It is measured on images held out of \
the training images; the test images choose nothing, unless --val-fraction is \
0. The command that is printed at the end trains on all training images and \
measures on the test images.
Successive halving: at each rung, after so many epochs, the best settings go \
on from their checkpoints and the others stop. The last rung is --epochs, each \
one before it a --reduction-factor-th of the next.
Ctrl-C finishes the steps under way and writes the checkpoints. A sweep that \
was stopped or killed goes on with --resume, and ends with the same bytes.`,
  async run(given) {
    const output = new Output("sweep", given);
    const jobs = wholeNumber("sweep", "jobs", given.values.jobs, 1);
    await using queue = await openQueue(given, output);
    const opened = await openSweep(given, jobs);
    const { call, plan } = opened;
    const states = new Map<Trial, TrialState>();
    for (const trial of plan.trials) states.set(trial, await stateOf(trial));
    output.say(headOf(plan, opened.given));
    using interrupt = new Interrupt("after the steps under way");
    const { signal } = interrupt;
    using line = new StatusLine(output.isForPeople);
    try {
      await runSweep(runnable(plan), {
        ...{ signal, states },
        // Who takes them from a queue says how many at a time.
        jobs: queue === null ? jobs : plan.trials.length,
        run: async (trial, stopAfter) => {
          const job = jobOf(plan, trial, opened.given, stopAfter);
          const watched = {
            signal,
            onDetail: (text: string) => output.detail(`${trial.name}: ${text}`),
            onEpoch: ({ epoch, val_acc }: TrialEpoch) => {
              const accuracy = val_acc.toFixed(5);
              const text = settingLine(plan.settings[trial.setting]);
              line.show(
                `${trial.name} of ${plan.settings.length}: epoch ${epoch}, ` +
                  `val_acc ${accuracy}, ${text}`,
              );
            },
          };
          const id = `${call.id}-${trial.name}-${stopAfter ?? "end"}`;
          const { code, message } = queue === null
            ? await runTrialProcess(job, watched)
            : await queue.run(id, job, watched);
          const state = await stateOf(trial);
          return code === 0
            ? state
            : { ...state, failure: message || `exit status ${code}` };
        },
        onTrial: async (trial) => {
          await writeSweep(plan.folder, sweepRecord(plan, call, states));
          line.clear();
          output.say(`${trial.name}  ${stateText(states.get(trial)!)}`);
        },
      });
      await finish(plan, { call, given: opened.given, output, states });
    } finally {
      if (signal.aborted) {
        line.clear();
        console.error(`go on with ${callOf("sweep")} --resume ${plan.folder}`);
      }
    }
  },
};

/** The queue that the trials are put into, or null. */
async function openQueue(
  { values: { queue, resume, run } }: Given,
  output: Output,
): Promise<TrialQueue | null> {
  if (queue === "") return null;
  const folder = resume || run;
  if (folder !== "" && !isBelowHere(folder)) {
    const expected = "expected a folder below this one, which workers share";
    throw usage("sweep", `--queue: ${expected}, got ${folder}`);
  }
  return await TrialQueue.open(
    queue,
    (message) => output.note(`queue: ${message}`),
  );
}

/** A sweep that can begin, or go on. */
interface OpenedSweep {
  readonly plan: PlannedSweep;
  readonly call: SweepCall;
  /** The options that it was first called with. */
  readonly given: Given;
}

/** Opens the folder of a sweep, once all that it needs is checked and there. */
async function openSweep(given: Given, jobs: number): Promise<OpenedSweep> {
  const { explicit, values: { resume, run } } = given;
  if (resume !== "") {
    const wrong = [...explicit].find((name) => !resumeOptions.includes(name));
    if (wrong !== undefined) {
      throw usage(
        "sweep",
        `--${wrong} does not go with --resume, which goes on as it began`,
      );
    }
    const call = await readSweep(resume);
    const own = readOptions(sweep, call.args);
    const search = await searchOf(own);
    await checkData(own);
    return { plan: planIn(resume, search, call.threads), call, given: own };
  }
  const search = await searchOf(given);
  if (search.settings.length * search.seeds.length === 1) {
    throw usage(
      "sweep",
      "expected several values of an option, got one of each",
    );
  }
  machineOf("sweep", given.values);
  await checkData(given);
  if (run !== "" && await exists(join(run, sweepFile))) {
    throw usage("sweep", `--run ${run}: a sweep is there; --resume goes on`);
  }
  const folder = run === "" ? await newFolder("sweep-") : run;
  await makeFolder(folder);
  const names = sweepGroups.flatMap(({ options }) => options)
    .map(({ name }) => name)
    .filter((name) => ![...resumeOptions, "run"].includes(name));
  const threads = threadsOf(given.values, jobs);
  const id = crypto.randomUUID();
  const call = { args: givenArguments(given, names), id, threads };
  const plan = planIn(folder, search, threads);
  await writeSweep(folder, sweepRecord(plan, call, new Map()));
  return { plan, call, given };
}

/** Fetches the data if it is not there: trials reach no network. */
async function checkData(given: Given): Promise<void> {
  const { targets: { classes } } = await openData("sweep", given, "train");
  if (isHeldOut(given)) return;
  await openData("sweep", given, "test", { classes });
}

/** Whether settings are compared on training images that are held out. */
function isHeldOut({ values }: Given): boolean {
  return Number(values["val-fraction"] || heldOut) > 0;
}

function headOf(
  { folder, rungs, seeds, settings, trials }: PlannedSweep,
  given: Given,
): string {
  const { "val-fraction": fraction } = given.values;
  const measured = isHeldOut(given)
    ? `${fraction || heldOut} of the training images, held out`
    : "the test images, which so choose the best setting";
  return [
    `sweep: ${folder}`,
    `trials: ${trials.length}, of ${settings.length} settings and ` +
    `${seeds.length === 1 ? "one seed" : `${seeds.length} seeds`}`,
    ...rungs.length === 1 ? [] : [`rungs: ${rungs.join(", ")} epochs`],
    `measured on: ${measured}`,
  ].join("\n");
}

function stateText({ failure, history, isDone }: TrialState): string {
  if (failure !== undefined) return `failed: ${failure.split(" Help: ")[0]}`;
  const best = bestEpoch(history);
  if (best === undefined) return "no epoch";
  const reached = `val_acc ${best.valAcc.toFixed(5)} in epoch ${best.epoch}`;
  return `${reached} of ${history.length}${isDone ? "" : ", so far"}`;
}

/** What the end of a sweep is told with. */
interface Finished {
  readonly call: SweepCall;
  readonly given: Given;
  readonly output: Output;
  readonly states: ReadonlyMap<Trial, TrialState>;
}

/** Tells what was found. */
async function finish(
  plan: PlannedSweep,
  { call, given, output, states }: Finished,
): Promise<void> {
  const record = sweepRecord(plan, call, states);
  await writeSweep(plan.folder, record);
  const [best] = ranksOf(plan, states);
  if (Number.isNaN(best.valAcc)) {
    const failure = [...states.values()].find(({ failure }) => failure)
      ?.failure;
    throw new DataError(describe({
      what: "sweep: every setting failed",
      got: failure,
      help: `What the trials left is in ${plan.folder}.`,
    }));
  }
  output.record(record);
  const columns = lineColumns();
  output.say(`\n${sweepTable(plan, states, columns)}\n`);
  output.say(`best: ${settingLine(plan.settings[best.setting])}`);
  output.say("to train with it on all training images:");
  const options = trainOptionsOf(plan, best.setting, given);
  const lines = wrapped([callOf("train"), ...options], columns - 6);
  output.say(`  ${lines.join(" \\\n    ")}`);
  output.say(`saved ${join(plan.folder, sweepFile)}`);
  await reportSweep(plan, states, given, output);
}
