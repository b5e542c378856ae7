import { Mnist } from "../data/mnist.ts";
import { take } from "../data/subset.ts";
import { openDevice } from "../devices/select.ts";
import { writeFileAtomic } from "../files.ts";
import { writeSafetensors } from "../formats/safetensors.ts";
import { ConvolutionalNeuralNetwork } from "../network.ts";
import { train } from "../train.ts";
import type { EpochResult, StepResult } from "../training/mod.ts";
import {
  deviceChoice,
  positiveNumber,
  readOptions,
  wholeNumber,
} from "./_options.ts";
import { reportProfile, wantsProfile } from "./_profile.ts";

const help = `Train the network on MNIST and save its weights.

Usage: deno task train [options]

  --epochs N        passes over the training images (10)
  --batch-size N    images of a batch (100)
  --lr X            Adam's learning rate (0.01)
  --seed N          seed of first weights and order (0)
  --device D        auto, webgpu or cpu (auto)
  --data DIR        folder of the four IDX files; fetched if not there (data)
  --out FILE        where the weights go (mnist-cnn.safetensors)
  --limit N         train on the first N images only
  --log-json FILE   one JSON object per epoch
  --profile         print the time of every kernel (WebGPU only)
  --profile-trace FILE
                    write it for chrome://tracing or ui.perfetto.dev
  --help            this text`;

/** `deno task train`. */
export async function trainCommand(args: readonly string[]): Promise<void> {
  const given = readOptions("train", args, {
    values: {
      epochs: "10",
      "batch-size": "100",
      lr: "0.01",
      seed: "0",
      device: "auto",
      data: "data",
      out: "mnist-cnn.safetensors",
      limit: "0",
      "log-json": "",
      "profile-trace": "",
    },
    flags: ["profile"],
  });
  const { flags, values } = given;
  if (flags.has("help")) return console.log(help);
  const epochs = wholeNumber("train", "epochs", values.epochs, 1);
  const size = values["batch-size"];
  const batchSize = wholeNumber("train", "batch-size", size, 2);
  const lr = positiveNumber("train", "lr", values.lr);
  const seed = wholeNumber("train", "seed", values.seed, 0);
  const limit = wholeNumber("train", "limit", values.limit, 0);
  const choice = deviceChoice("train", values.device);

  using device = await openDevice({
    device: choice,
    profile: wantsProfile(given),
    onChoice: (sentence) => console.log(`device: ${sentence}`),
  });
  const all = await Mnist.open(values.data, { split: "train" });
  const testData = await Mnist.open(values.data, { split: "test" });
  const trainData = limit === 0 ? all : take(all, limit);
  console.log(`train_data: ${trainData.length} (${all.source})`);
  console.log(`test_data: ${testData.length}`);
  const model = new ConvolutionalNeuralNetwork();
  console.log(String(model));
  const log: string[] = [];
  const bar = Deno.stdout.isTerminal();
  await train({
    device,
    model,
    trainData,
    testData,
    epochs,
    batchSize,
    lr,
    seed,
    onStep: (step) => bar && showProgress(step),
    onEpoch: (result) => {
      if (bar) write("\r\x1b[K");
      console.log(epochLine(result, epochs));
      log.push(JSON.stringify(logged(result, device.label)));
    },
  });
  await reportProfile(device, given);
  await writeSafetensors(values.out, await model.stateDict());
  if (values["log-json"] !== "") {
    const text = new TextEncoder().encode(`${log.join("\n")}\n`);
    await writeFileAtomic(values["log-json"], text);
  }
  console.log(`saved ${values.out}`);
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
