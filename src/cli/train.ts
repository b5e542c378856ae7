import { Mnist } from "../data/mnist.ts";
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
import { Interrupt } from "./_interrupt.ts";
import {
  deviceChoice,
  type Given,
  readOptions,
  threadCount,
  wholeNumber,
} from "./_options.ts";
import { reportProfile, wantsProfile } from "./_profile.ts";
import { openRun } from "./_run.ts";
import { settingOptions, trainSettings } from "./_train_settings.ts";

const help = `Train the network on MNIST and save its weights.

Usage: deno task train [options]

Training, as in the notebook unless given:
  --epochs N        passes over the training images (10)
  --batch-size N    images of a batch (100)
  --lr X            Adam's learning rate (0.01)
  --seed N          seed of first weights and order (0)
  --limit N         train on the first N images only
  --patience N      stop when N epochs brought nothing better, and keep the
                    best weights

Files:
  --data DIR        folder of the four IDX files; fetched if not there (data)
  --out FILE        where the weights go (mnist-cnn.safetensors)
  --run DIR         folder of what else the run leaves (runs/TIME)
  --checkpoint FILE the whole training, to go on from (checkpoint.safetensors
                    in the run's folder); the best weights go beside it
  --checkpoint-every N
                    epochs between checkpoints; 0 for none (1)
  --resume FILE     go on from a checkpoint, with its settings; of these only
                    --epochs may be given anew
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

/** `deno task train`. */
export async function trainCommand(args: readonly string[]): Promise<void> {
  const given = readOptions("train", args, {
    values: {
      ...settingOptions,
      device: "auto",
      threads: "",
      data: "data",
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
  const files = await fileOptions(values);
  const choice = deviceChoice("train", values.device);
  const threads = threadCount("train", values.threads);
  await checkWritable(values.out);
  if (values["log-json"] !== "") await checkWritable(values["log-json"]);

  using device = await openDevice({
    device: choice,
    threads,
    profile: wantsProfile(given),
    onChoice: (sentence) => console.log(`device: ${sentence}`),
  });
  const trainData = await Mnist.open(values.data, { split: "train" });
  const testData = await Mnist.open(values.data, { split: "test" });
  const model = new ConvolutionalNeuralNetwork();
  const bar = Deno.stdout.isTerminal();
  using interrupt = new Interrupt();
  using trainer = await Trainer.open({
    ...settings,
    ...files,
    device,
    model,
    trainData,
    testData,
    signal: interrupt.signal,
    onCheckpoint: ({ path }) => {
      if (interrupt.signal.aborted) {
        console.error(`go on with --resume ${path}`);
      }
    },
    onStep: (step) => bar && showProgress(step),
  });
  console.log(`train_data: ${trainer.rows} (${trainData.source})`);
  console.log(`test_data: ${testData.length}`);
  console.log(String(model));
  await follow(trainer, values["log-json"]);
  await reportProfile(device, given);
  await writeSafetensors(values.out, await model.stateDict());
  console.log(`saved ${values.out}`);
}

/** Where checkpoints go, and which one to go on from. */
async function fileOptions(
  { "checkpoint-every": every, ...values }: Given["values"],
): Promise<TrainOptions> {
  const { checkpoint, resume, run } = values;
  const checkpointEvery = wholeNumber("train", "checkpoint-every", every, 0);
  return {
    ...resume === "" ? {} : { resume },
    ...checkpointEvery === 0 ? {} : {
      checkpoint: (await openRun({ checkpoint, resume, run })).checkpoint,
      checkpointEvery,
    },
  };
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
