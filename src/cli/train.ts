import { openDevice } from "../devices/select.ts";
import { checkWritable, writeFileAtomic } from "../files.ts";
import { writeSafetensors } from "../formats/safetensors.ts";
import { ConvolutionalNeuralNetwork } from "../network.ts";
import {
  type EpochResult,
  type StepResult,
  Trainer,
  type TrainOptions,
} from "../training/mod.ts";
import { dataHelp, dataOptions, openData } from "./_data.ts";
import { Interrupt } from "./_interrupt.ts";
import { deviceChoice, readOptions, threadCount } from "./_options.ts";
import { reportProfile, wantsProfile } from "./_profile.ts";
import { printSeeds, type Training, trainingsOf } from "./_seeds.ts";
import { settingOptions, trainSettings } from "./_train_settings.ts";

const help = `Train the network on MNIST and save its weights.

Usage: deno task train [options]

Training, as in the notebook unless given:
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

Learning:
  --optimizer O     adam or adamw (adam)
  --weight-decay X  L2 penalty; of adamw the decay (0)
  --clip-grad-norm X
                    largest norm of all gradients together (any)
  --label-smoothing X
                    share of a label that is spread over all classes (0)
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

Machine:
  --device D        auto, webgpu or cpu (auto)
  --threads N       threads of the CPU device (one a core)
  --profile         print the time of every kernel
  --profile-trace FILE
                    write it for chrome://tracing or ui.perfetto.dev

  --help            this text

Ctrl-C finishes the step, writes the checkpoint and exits with status 130; a
second one stops at once.`;

const hintOfValidation =
  "note: the test images decide when to stop; --val-fraction 0.1 keeps them " +
  "out of the choice";

/** `deno task train`. */
export async function trainCommand(args: readonly string[]): Promise<void> {
  const given = readOptions("train", args, {
    values: {
      ...settingOptions,
      seeds: "",
      device: "auto",
      threads: "",
      ...dataOptions,
      out: "mnist-cnn.safetensors",
      run: "",
      checkpoint: "",
      "checkpoint-every": "1",
      resume: "",
      "log-json": "",
      "profile-trace": "",
    },
    flags: ["profile"],
  });
  const { flags, values } = given;
  if (flags.has("help")) return console.log(help);
  const settings = trainSettings(values);
  const trainings = trainingsOf(values);
  const choice = deviceChoice("train", values.device);
  const threads = threadCount("train", values.threads);
  for (const { log, out } of trainings) {
    await checkWritable(out);
    if (log !== "") await checkWritable(log);
  }

  using device = await openDevice({
    device: choice,
    threads,
    profile: wantsProfile(given),
    onChoice: (sentence) => console.log(`device: ${sentence}`),
  });
  const trainData = await openData("train", values, "train");
  const testData = await openData("train", values, "test");
  console.log(`data: ${trainData.source}`);
  const { classes } = trainData.targets;
  console.log(String(new ConvolutionalNeuralNetwork(classes)));
  using interrupt = new Interrupt();
  const last: EpochResult[] = [];
  for (const training of trainings) {
    const options = { ...settings, ...training.settings, device };
    const { signal } = interrupt;
    const data = { trainData, testData };
    const model = new ConvolutionalNeuralNetwork(classes);
    last.push(
      await trainOnce(training, { ...options, ...data, model, signal }),
    );
  }
  await reportProfile(device, given);
  if (values.seeds !== "") printSeeds(trainings, last);
}

/** Trains one model to the end and saves it; gives its last or best epoch. */
async function trainOnce(
  { files, log, out }: Training,
  options: TrainOptions & { model: ConvolutionalNeuralNetwork },
): Promise<EpochResult> {
  const { model } = options;
  const bar = Deno.stdout.isTerminal();
  using trainer = await Trainer.open({
    ...options,
    ...await files(),
    onCheckpoint: ({ path }) => {
      if (options.signal?.aborted) console.error(`go on with --resume ${path}`);
    },
    onStep: (step) => bar && showProgress(step),
  });
  const { patience, seed, valFraction } = trainer.settings;
  console.log(`seed: ${seed}`);
  console.log(`train_data: ${trainer.rows}`);
  const kind = valFraction > 0 ? "val" : "test";
  console.log(`${kind}_data: ${trainer.valRows}`);
  if (valFraction === 0 && patience > 0) console.log(hintOfValidation);
  await follow(trainer, log);
  await writeSafetensors(out, await model.stateDict());
  console.log(`saved ${out}`);
  return patience > 0 ? trainer.best! : trainer.history.at(-1)!;
}

/** Trains to the end, and prints and logs every epoch. */
async function follow(trainer: Trainer, logFile: string): Promise<void> {
  const { device, settings } = trainer;
  const log: string[] = [];
  for await (const result of trainer.epochs()) {
    if (Deno.stdout.isTerminal()) write("\r\x1b[K");
    console.log(epochLine(result, settings.epochs));
    log.push(JSON.stringify(logged(result, device.label)));
  }
  if (logFile === "") return;
  const text = new TextEncoder().encode(`${log.join("\n")}\n`);
  await writeFileAtomic(logFile, text);
}

/** The notebook's line: `[Epoch   1/ 10] loss: 0.25320 val_loss: …`. */
export function epochLine(result: EpochResult, epochs: number): string {
  const epoch = String(result.epoch).padStart(3);
  const total = String(epochs).padStart(3);
  return `[Epoch ${epoch}/${total}] loss: ${result.loss.toFixed(5)} ` +
    `val_loss: ${result.valLoss.toFixed(5)}, ` +
    `val_acc: ${result.valAcc.toFixed(5)}`;
}

function logged(result: EpochResult, device: string): object {
  return {
    epoch: result.epoch,
    loss: result.loss,
    val_loss: result.valLoss,
    val_acc: result.valAcc,
    train_seconds: result.trainSeconds,
    eval_seconds: result.evalSeconds,
    images_per_second: result.imagesPerSecond,
    device,
  };
}

function showProgress(progress: StepResult): void {
  const { imagesPerSecond, loss, rows, totalRows } = progress;
  const width = 24;
  const done = Math.round(width * Math.min(1, rows / totalRows));
  const bar = "#".repeat(done).padEnd(width, ".");
  write(
    `\r\x1b[K${bar} ${rows}/${totalRows} loss: ${loss.toFixed(5)} ` +
      `${Math.round(imagesPerSecond)} images/s`,
  );
}

function write(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(text));
}
