import { grouped } from "../base/table.ts";
import { openDevice } from "../devices/select.ts";
import type { Parameter } from "../nn/mod.ts";
import {
  type EpochResult,
  resultMetadata,
  Trainer,
  type TrainOptions,
} from "../training/mod.ts";
import type { Command, Given } from "./_command.ts";
import { drawCurves } from "./_curves.ts";
import { openData } from "./_data.ts";
import { epochDetail, epochLine, epochRecord } from "./_epoch_text.ts";
import { Interrupt } from "./_interrupt.ts";
import { Logs } from "./_logs.ts";
import { machineOf, machineOptions } from "./_machine.ts";
import { wholeNumber } from "./_options.ts";
import { Output } from "./_output.ts";
import { destinationOf } from "./_kept_weights.ts";
import { openBar, type ProgressBar } from "./_progress.ts";
import { profileOptions, reportProfile, wantsProfile } from "./_profile.ts";
import {
  checkReport,
  commandLine,
  datasetName,
  type ReportRequest,
  throwFirst,
  writeReports,
} from "./_report.ts";
import { fileOptions } from "./_train_files.ts";
import { checkPlaces } from "./_train_places.ts";
import { checkEnding, writeModel } from "./_write_model.ts";
import { Unwritten } from "./_unwritten.ts";
import { Watch, watchOptions } from "./_watch.ts";
import { seedsTable, type Training, trainingsOf } from "./_seeds.ts";
import {
  checkSettings,
  givenSettings,
  settingOptions,
  settingsText,
} from "./_train_settings.ts";

const hintOfValidation =
  "the test images decide when to stop; --val-fraction 0.1 keeps them " +
  "out of the choice";

/** `deno task train`. */
export const train: Command = {
  name: "train",
  groups: [
    { options: settingOptions("recipe") },
    {
      title: "Training, as in the PyTorch notebook or the recipe unless given",
      options: [
        ...settingOptions("training"),
        {
          name: "seeds",
          value: "N,N,…",
          help: "a training for each; prints mean and standard deviation",
        },
      ],
    },
    { title: "Learning", options: settingOptions("learning") },
    { title: "Files", options: fileOptions },
    {
      title: "Output",
      options: [
        {
          name: "json",
          help: "one JSON object per epoch, and nothing else",
        },
        { name: "quiet", help: "nothing but errors" },
        { name: "verbose", help: "device, settings and times, on stderr" },
        ...watchOptions,
      ],
    },
    { title: "Machine", options: [...machineOptions, ...profileOptions] },
  ],
  notes:
    "Ctrl-C finishes the step, writes the checkpoint and exits with status " +
    "130; a second one stops at once.",
  run: (given) => runTraining(given),
};

/**
 * Trains as the options of `train` say.
 *
 * @param obey Gets what stops the training in order.
 */
export async function runTraining(
  given: Given,
  obey: (interrupt: Interrupt) => void = () => {},
): Promise<void> {
  const { flags, values } = given;
  const output = new Output("train", given);
  const settings = givenSettings("train", values);
  checkReport(values, flags);
  const trainings = trainingsOf(values, !flags.has("no-report"));
  const machine = machineOf("train", values);
  for (const { out } of trainings) checkEnding("train", "--out", out);
  await checkPlaces(trainings, values);
  const initial = initialOptions(values);
  await checkSettings({ ...settings, ...initial }, values.resume);

  await using watch = Watch.open(given, output);
  const start = performance.now();
  using device = await openDevice({
    ...machine,
    onVariant: (sentence) => output.detail(sentence),
    profile: wantsProfile(given),
    onChoice: (sentence) => output.say(`device: ${sentence}`),
  });
  output.took("device opened", start);
  const opened = performance.now();
  const trainData = await openData("train", given, "train");
  // Held-out rows need no test images, which a folder may not have.
  const testData = settings.valFraction
    ? undefined
    : await openData("train", given, "test", {
      classes: trainData.targets.classes,
    });
  output.say(`data: ${trainData.source}`);
  output.took("data read", opened);
  using interrupt = new Interrupt();
  watch?.obey(interrupt);
  obey(interrupt);
  const request = {
    watch,
    isForced: flags.has("force"),
    stopAfter: stopAfterOf(values),
    about: {
      command: commandLine(),
      data: datasetName(values, trainData.source),
      facts: { data: trainData.source },
    },
    isExplicit: values.report !== "",
    output,
  };
  const outcomes: Outcome[] = [];
  const { signal } = interrupt;
  const common = {
    ...settings,
    ...initial,
    device,
    trainData,
    testData,
    signal,
  };
  for (const training of trainings) {
    const own = { ...common, ...training.settings };
    const isFirst = outcomes.length === 0;
    outcomes.push(await trainOnce(training, own, { ...request, isFirst }));
    // Where it came too late for a step, while files were written.
    signal.throwIfAborted();
  }
  watch?.finish();
  await reportProfile(device, given);
  output.took("all done", start);
  if (values.seeds !== "") {
    const results = outcomes.map(({ result }) => result);
    output.say(seedsTable(trainings, results));
  }
  throwFirst(outcomes.flatMap(({ failures }) => failures));
}

/** The options of weights to start from. */
function initialOptions(
  { init, key }: Readonly<Record<string, string>>,
): Pick<TrainOptions, "init" | "key"> {
  return { init: init || undefined, key: key || undefined };
}

/** The epoch of `--stop-after`, or none. */
function stopAfterOf(values: Readonly<Record<string, string>>): number {
  const text = values["stop-after"];
  return text === "" ? Infinity : wholeNumber("train", "stop-after", text, 1);
}

/** What is asked of each training. */
interface Request extends ReportRequest {
  /** Whether it is the first one: the network is printed once. */
  readonly isFirst: boolean;
  /** Whether weights that measured better are overwritten. */
  readonly isForced: boolean;
  /** Epochs after which the training is left, with its checkpoint alone. */
  readonly stopAfter: number;
  /** Who watches it. */
  readonly watch: Watch | null;
}

/** The outcome of a training. */
interface Outcome {
  /** Its last or best epoch. */
  readonly result: EpochResult;
  /** Failures to write files beside the weights. */
  readonly failures: readonly Error[];
}

/**
 * Trains one model to the end, saves it and writes its reports. A full disk stops
 * nothing: what could not be written is told at once, and is a failure at the end.
 */
async function trainOnce(
  { files, logs: paths, out }: Training,
  options: TrainOptions,
  request: Request,
): Promise<Outcome> {
  const { signal } = options;
  const { isFirst, output, stopAfter, watch } = request;
  const run = await files();
  let saved = "";
  const unwritten = new Unwritten();
  const isResumed = run.options.resume !== undefined;
  const logs = new Logs(paths, unwritten, isResumed);
  using bar = await openBar(output);
  signal?.addEventListener("abort", () => bar?.clear());
  using trainer = await Trainer.open({
    ...options,
    ...run.options,
    onCheckpoint: ({ path }) => {
      saved = path;
      unwritten.delete(path);
    },
    onCheckpointError: (error, path) => {
      bar?.clear();
      unwritten.add(path, error);
    },
    onStep: (step) => {
      if (!signal?.aborted) bar?.show(step);
      return watch?.step(step, trainer);
    },
    onEpoch: (epoch) => watch?.epoch(epoch),
    readEvery: watch?.readEvery(options),
  });
  watch?.begin(trainer, request.about.facts, run);
  if (isFirst) output.say(String(trainer.model));
  const { freeze, patience, seed, targetAcc, valFraction } = trainer.settings;
  output.say(`seed: ${seed}`);
  if (options.init !== undefined) output.say(`init: ${options.init}`);
  if (freeze.length > 0) output.say(`frozen: ${frozenText(trainer)}`);
  output.say(`train_data: ${trainer.rows}`);
  const kind = valFraction > 0 ? "val" : "test";
  output.say(`${kind}_data: ${trainer.valData.length}`);
  output.detail(`settings: ${settingsText(trainer.settings)}`);
  const chooses = patience > 0 || targetAcc > 0;
  if (valFraction === 0 && chooses) output.note(hintOfValidation);
  try {
    await follow(trainer, { bar, logs, output, stopAfter });
  } finally {
    if (signal?.aborted) await logs.write(trainer);
    if (signal?.aborted && saved !== "") {
      console.error(`go on with --resume ${saved}`);
    }
  }
  if (!trainer.finished) {
    output.say(`stopped; go on with --resume ${saved}`);
    return { result: trainer.best!, failures: unwritten.failures };
  }
  await drawCurves(trainer.history, output);
  const result = patience > 0 ? trainer.best! : trainer.history.at(-1)!;
  await saveWeights(trainer, result, { ...request, out });
  const failures = [
    ...unwritten.failures,
    ...await writeReports(trainer, run, request),
  ];
  return { result, failures };
}

/** Writes the weights; beside what is there, where that measured better. */
async function saveWeights(
  { metadata, model, valData }: Trainer,
  result: EpochResult,
  { isForced, out, output }: Request & { out: string },
): Promise<void> {
  const { rowShape: inputShape } = "inputs" in valData
    ? valData.inputs
    : valData;
  const measured = { valAcc: result.valAcc, valData: metadata.val_data };
  const { kept, path } = isForced
    ? { path: out, kept: null }
    : await destinationOf(out, measured);
  if (kept !== null) {
    output.note(`${out} is kept: ${kept}; --force overwrites it`);
  }
  const all = { ...metadata, ...resultMetadata(result) };
  await writeModel(path, { model, inputShape }, all);
  output.say(`saved ${path}`);
}

/** What stays as it is, and how much of the network that is. */
function frozenText({ model, settings }: Trainer): string {
  const count = (parameters: readonly Parameter[]) =>
    grouped(parameters.reduce((sum, { length }) => sum + length, 0));
  const all = model.parameters();
  const frozen = all.filter(({ requiresGrad }) => !requiresGrad);
  const parts = settings.freeze.join(", ");
  return `${parts} (${count(frozen)} of ${count(all)} parameters)`;
}

/** Where the course of a training is told. */
interface Telling {
  readonly bar: ProgressBar | null;
  readonly logs: Logs;
  readonly output: Output;
  /** Epochs after which the training is left. */
  readonly stopAfter: number;
}

/** Trains to the end or until it is left, and prints and logs every epoch. */
async function follow(
  trainer: Trainer,
  { bar, logs, output, stopAfter }: Telling,
): Promise<void> {
  const isDue = () => trainer.history.length >= stopAfter && !trainer.finished;
  if (isDue()) return await trainer.save();
  for await (const result of trainer.epochs()) {
    bar?.clear();
    output.say(epochLine(result, trainer.settings.epochs));
    output.detail(epochDetail(result));
    output.record(epochRecord(result, trainer));
    await logs.write(trainer);
    if (isDue()) return await trainer.save();
  }
}
