import { take } from "../data/subset.ts";
import { openDevice } from "../devices/select.ts";
import { predict, type Prediction } from "../predict.ts";
import { classCount, dataOptions, openData } from "./_data.ts";
import { openModel } from "./_model.ts";
import { Output } from "./_output.ts";
import {
  deviceChoice,
  readOptions,
  threadCount,
  variantChoice,
  wholeNumber,
} from "./_options.ts";

const help = `Print what saved weights see in the first test images.

Usage: deno task predict [options]

  --model FILE   the weights (mnist-cnn.safetensors)
  --count N      how many test images (100)
  --logits       print the scores too
  --device D     auto, webgpu or cpu (auto)
  --threads N    threads of the CPU device (one a core)
  --variant V    how WebGPU does convolutions (auto): auto,
                 naive, software or tiled
  --data DIR     folder of the four IDX files; fetched if not there (data)
  --classes N    classes of a data set of your own (those of the weights)
  --first-label N
                 its least label: 1 for EMNIST's letters (0)
  --json         one JSON object
  --verbose      device, data and times, on stderr
  --help         this text`;

/** Predictions in a line, as NumPy prints the notebook's. */
const perLine = 37;

/** `deno task predict`. */
export async function predictCommand(args: readonly string[]): Promise<void> {
  const given = readOptions("predict", args, {
    values: {
      model: "mnist-cnn.safetensors",
      count: "100",
      device: "auto",
      threads: "",
      variant: "auto",
      ...dataOptions,
    },
    flags: ["json", "logits", "verbose"],
  });
  const { flags, values } = given;
  if (flags.has("help")) return console.log(help);
  const output = new Output("predict", given);
  const count = wholeNumber("predict", "count", values.count, 1);
  const choice = deviceChoice("predict", values.device);
  const threads = threadCount("predict", values.threads);
  const variant = variantChoice("predict", values.variant, choice);
  const start = performance.now();
  using device = await openDevice({
    device: choice,
    threads,
    variant,
    onVariant: (sentence) => output.detail(sentence),
    onChoice: (sentence) => output.detail(`device: ${sentence}`),
  });
  const model = await openModel(
    device,
    values.model,
    classCount("predict", values.classes),
  );
  const mnist = await openData("predict", values, "test", model.classes);
  output.detail(`data: ${mnist.source}`);
  const dataset = take(mnist, count);
  const found = await predict(device, model, dataset);
  output.took("all done", start);
  const labels = [...dataset.targets.data];
  if (flags.has("json")) console.log(asJson(found, labels));
  else printRows(found, labels, flags.has("logits"));
}

function asJson(found: readonly Prediction[], labels: number[]): string {
  return JSON.stringify({
    predictions: found.map(({ prediction }) => prediction),
    labels,
    logits: found.map(({ logits }) => logits),
  });
}

function printRows(
  found: readonly Prediction[],
  labels: readonly number[],
  logits: boolean,
): void {
  const predictions = found.map(({ prediction }) => prediction);
  const lines: string[] = [];
  for (let start = 0; start < predictions.length; start += perLine) {
    lines.push(predictions.slice(start, start + perLine).join(" "));
  }
  console.log(`[${lines.join("\n ")}]`);
  if (logits) {
    for (const { logits, prediction } of found) {
      const scores = logits.map((score) => score.toFixed(4)).join(" ");
      console.log(`${prediction}: ${scores}`);
    }
  }
  const right = predictions.filter((guess, row) => guess === labels[row]);
  const accuracy = right.length / labels.length;
  console.log(`val_acc: ${accuracy.toFixed(5)}`);
}
