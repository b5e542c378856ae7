import { dirname, join } from "@std/path";
import { openDevice } from "../devices/select.ts";
import {
  checkWritable,
  makeFolder,
  writeFileAtomic,
} from "../formats/files.ts";
import { writeSafetensors } from "../formats/safetensors.ts";
import {
  type EpochResult,
  Trainer,
  type TrainOptions,
  weightsMetadata,
} from "../training/mod.ts";
import { dataHelp, dataOptions, openData } from "./_data.ts";
import { epochDetail, epochLine, epochRecord } from "./_epoch_text.ts";
import { Interrupt } from "./_interrupt.ts";
import { type Options, readOptions } from "./_options.ts";
import { machineOf, machineOptions } from "./_machine.ts";
import { Output } from "./_output.ts";
import { openBar, type ProgressBar } from "./_progress.ts";
import { reportProfile, wantsProfile } from "./_profile.ts";
import {
  checkReport,
  type ReportRequest,
  throwFirst,
  writeReports,
} from "./_report.ts";
import { seedsTable, type Training, trainingsOf } from "./_seeds.ts";
import {
  checkSettings,
  settingOptions,
  trainSettings,
} from "./_train_settings.ts";

/** What `train --help` prints. */
export const help = `Train the network on MNIST and save its weights.

Usage: deno task train [options]

  --recipe R        network and options: notebook (the PyTorch notebook's), fast
                    (soonest at 99 %) or best (the highest accuracy); explicit
                    options override the recipe
  --network N       the network: cnn, wider-cnn or mlp (the recipe's)

Training, as in the notebook or the recipe unless given:
  --epochs N        passes over the training images (10)
  --batch-size N    images of a batch (100)
  --lr X            Adam's learning rate (0.01)
  --seed N          seed of first weights and order (0)
  --seeds N,N,…     a training for each; prints mean and spread
  --limit N         train on the first N images only
  --val-fraction X  measure with this share of the training images instead of
                    the test images: choose options with it
  --patience N      stop when N epochs brought nothing better, and keep the
                    best weights
  --target-acc X    stop when this share of the test images is right

Learning:
  --optimizer O     adam or adamw (adam)
  --weight-decay X  L2 penalty; of adamw the decay (0)
  --clip-grad-norm X
                    largest norm of all gradients together (any)
  --label-smoothing X
                    share of a label that is spread over all classes (0)
  --augment K=X,…   random changes of the training images: rotate=10 and shear=10
                    (degrees), shift=0.1 and scale=0.1 (shares of the size),
                    elastic=30 (strength), erase=0.5 (probability); or none
  --schedule S      of the learning rate: constant, step, cosine or one-cycle
                    (constant)
  --step-size N, --gamma X
                    step: epochs between falls (1), and their factor (0.1)
  --warmup X        epochs in which the rate rises first (0)

Files:
${dataHelp}
  --out FILE        where the weights go (mnist-cnn.safetensors)
  --run DIR         folder of what else the run leaves (runs/TIME)
  --checkpoint FILE the whole training, to go on from (checkpoint.safetensors
                    in the run's folder); the best weights go beside it
  --checkpoint-every N
                    epochs between checkpoints; 0 for none (1)
  --resume FILE     go on from a checkpoint, with its settings; of these only
                    --epochs may be given anew, for a constant or step schedule
  --log-json FILE   one JSON object per epoch
  --report FILE     a page to look at: curves, confusion matrix, worst images
                    (report.html in the run's folder)
  --no-report       no such page
  --plot FILE       the curves of loss and val_acc, as .svg or .png

Output:
  --json            one JSON object per epoch, and nothing else
  --quiet           nothing but errors
  --verbose         device, settings and times, on stderr

Machine:
  --device D        auto, webgpu or cpu (auto)
  --threads N       threads of the CPU device (one a core)
  --variant V       how WebGPU does convolutions (auto): auto,
                    naive, software or tiled
  --precision P     how WebGPU stores activations: f32, or f16 (f32)
  --profile         print the time of every kernel
  --profile-trace FILE
                    write it for chrome://tracing or ui.perfetto.dev

  --help            this text

Ctrl-C finishes the step, writes the checkpoint and exits with status 130; a
second one stops at once.`;

const hintOfValidation =
  "note: the test images decide when to stop; --val-fraction 0.1 keeps them " +
  "out of the choice";

const understood: Options = {
  values: {
    ...settingOptions,
    seeds: "",
    ...machineOptions,
    ...dataOptions,
    out: "mnist-cnn.safetensors",
    run: "",
    checkpoint: "",
    "checkpoint-every": "1",
    resume: "",
    "log-json": "",
    report: "",
    plot: "",
    "profile-trace": "",
  },
  flags: ["json", "no-report", "profile", "quiet", "verbose"],
};

/** `deno task train`. */
export async function trainCommand(args: readonly string[]): Promise<void> {
  const given = readOptions("train", args, understood);
  const { flags, values } = given;
  if (flags.has("help")) return console.log(help);
  const output = new Output("train", given);
  const settings = trainSettings(values);
  checkReport(values, flags);
  const trainings = trainingsOf(values, !flags.has("no-report"));
  const machine = machineOf("train", values);
  await checkSettings(settings, values.resume);
  await checkPlaces(trainings, values);

  const start = performance.now();
  using device = await openDevice({
    ...machine,
    onVariant: (sentence) => output.detail(sentence),
    profile: wantsProfile(given),
    onChoice: (sentence) => output.say(`device: ${sentence}`),
  });
  output.took("device opened", start);
  const opened = performance.now();
  const trainData = await openData("train", values, "train");
  const testData = await openData("train", values, "test");
  output.say(`data: ${trainData.source}`);
  output.took("data read", opened);
  using interrupt = new Interrupt();
  const request: ReportRequest = {
    facts: { data: trainData.source },
    isExplicit: values.report !== "",
    output,
  };
  const outcomes: Outcome[] = [];
  const { signal } = interrupt;
  const common = { ...settings, device, trainData, testData, signal };
  for (const training of trainings) {
    const own = { ...common, ...training.settings };
    const isFirst = outcomes.length === 0;
    outcomes.push(await trainOnce(training, own, { ...request, isFirst }));
    // Where it came too late for a step, while files were written.
    signal.throwIfAborted();
  }
  await reportProfile(device, given);
  output.took("all done", start);
  if (values.seeds !== "") {
    const results = outcomes.map(({ result }) => result);
    output.say(seedsTable(trainings, results));
  }
  throwFirst(outcomes.flatMap(({ failures }) => failures));
}

/**
 * Refuses names of files that cannot be written, before anything is trained.
 * The run's folder may be one that is still to be made.
 */
async function checkPlaces(
  trainings: readonly Training[],
  { plot, report, run }: Readonly<Record<string, string>>,
): Promise<void> {
  const outs = trainings.flatMap(({ log, out }) => [out, log]);
  const paths = [...outs, report, plot].filter((path) => path !== "");
  const isInRun = (path: string) => join(dirname(path)) === join(run);
  if (run !== "" && paths.some(isInRun)) await makeFolder(run);
  for (const path of paths) await checkWritable(path);
}

/** What came of a training. */
interface Outcome {
  /** Its last or best epoch. */
  readonly result: EpochResult;
  /** Why files beside the weights are not there. */
  readonly failures: readonly Error[];
}

/** Trains one model to the end, saves it and writes its reports. */
async function trainOnce(
  { files, log, out }: Training,
  options: TrainOptions,
  request: ReportRequest & { isFirst: boolean },
): Promise<Outcome> {
  const { signal } = options;
  const { isFirst, output } = request;
  const run = await files();
  let saved = "";
  using bar = await openBar(output);
  signal?.addEventListener("abort", () => bar?.clear());
  using trainer = await Trainer.open({
    ...options,
    ...run.options,
    onCheckpoint: ({ path }) => void (saved = path),
    onStep: (step) => signal?.aborted || bar?.show(step),
  });
  if (isFirst) output.say(String(trainer.model));
  const { patience, seed, targetAcc, valFraction } = trainer.settings;
  output.say(`seed: ${seed}`);
  output.say(`train_data: ${trainer.rows}`);
  const kind = valFraction > 0 ? "val" : "test";
  output.say(`${kind}_data: ${trainer.valData.length}`);
  output.detail(`settings: ${JSON.stringify(trainer.settings)}`);
  const chooses = patience > 0 || targetAcc > 0;
  if (valFraction === 0 && chooses) output.say(hintOfValidation);
  try {
    await follow(trainer, log, output, bar);
  } finally {
    if (signal?.aborted && saved !== "") {
      console.error(`go on with --resume ${saved}`);
    }
  }
  const metadata = weightsMetadata(trainer.settings);
  await writeSafetensors(out, await trainer.model.stateDict(), metadata);
  output.say(`saved ${out}`);
  const failures = await writeReports(trainer, run, request);
  const result = patience > 0 ? trainer.best! : trainer.history.at(-1)!;
  return { result, failures };
}

/**
 * Trains to the end, and prints and logs every epoch. The log is written anew
 * each time: it is whole wherever the training stops.
 */
async function follow(
  trainer: Trainer,
  logFile: string,
  output: Output,
  bar: ProgressBar | null,
): Promise<void> {
  for await (const result of trainer.epochs()) {
    bar?.clear();
    output.say(epochLine(result, trainer.settings.epochs));
    output.detail(epochDetail(result));
    output.record(epochRecord(result, trainer));
    if (logFile === "") continue;
    const log = trainer.history.map((epoch) =>
      `${JSON.stringify(epochRecord(epoch, trainer))}\n`
    );
    await writeFileAtomic(logFile, new TextEncoder().encode(log.join("")));
  }
}
