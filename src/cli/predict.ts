import type { Device } from "../devices/device.ts";
import { openDevice } from "../devices/select.ts";
import type { Classifier } from "../models/mod.ts";
import { predict } from "../training/predict.ts";
import { classCount, dataOptions, openData } from "./_data.ts";
import { modelHelp, openModelOrShipped } from "./_model.ts";
import { type Given, readOptions, usage } from "./_options.ts";
import { machineOf, machineOptions } from "./_machine.ts";
import { Output } from "./_output.ts";
import { predictFiles } from "./_predict_files.ts";
import { printRows, rowsJson, rowsOf } from "./_predict_rows.ts";

/** What `predict --help` prints. */
export const help =
  `Print which digits a network sees: in pictures of yours, or in test images.

Usage: deno task predict [options] [FILE…]

  FILE           a photo or drawing of one digit: PNG, JPEG, BMP or PGM, dark on
                 light or light on dark; prints digit, probability and the
                 likeliest three
  --show         draw what the network looks at
${modelHelp}
  --device D     auto, webgpu or cpu (auto)
  --threads N    threads of the CPU device (one a core)
  --variant V    how WebGPU does convolutions (auto): auto,
                 naive, software or tiled
  --precision P  how WebGPU stores activations: f32, or f16 (f32)
  --json         one JSON object
  --verbose      device, data and times, on stderr
  --help         this text

Without a FILE, of the test images:
  --count N      the first N (100)
  --index N, --index FROM..TO
                 that one, or those from one to another
  --logits       print the scores too
  --data DIR     folder of the four IDX files; fetched if not there (data)
  --classes N    classes of a data set of your own (those of the weights)
  --first-label N
                 its least label: 1 for EMNIST's letters (0)`;

/** `deno task predict`. */
export async function predictCommand(args: readonly string[]): Promise<void> {
  const given = readOptions("predict", args, {
    values: {
      model: "",
      count: "",
      index: "",
      ...machineOptions,
      ...dataOptions,
    },
    flags: ["json", "logits", "show", "verbose"],
    anyFiles: true,
  });
  const { files, flags, values } = given;
  if (flags.has("help")) return console.log(help);
  checkTogether(args, given);
  const output = new Output("predict", given);
  const machine = machineOf("predict", values);
  const start = performance.now();
  using device = await openDevice({
    ...machine,
    onVariant: (sentence) => output.detail(sentence),
    onChoice: (sentence) => output.detail(`device: ${sentence}`),
  });
  const model = await openModelOrShipped(
    device,
    values.model,
    output,
    classCount("predict", values.classes),
  );
  if (files.length > 0) await predictFiles(device, model, given);
  else await predictRows(device, model, given, output);
  output.took("all done", start);
}

/** Refuses options of test images beside pictures, and the other way round. */
function checkTogether(args: readonly string[], { files, flags }: Given): void {
  const isGiven = (name: string) =>
    args.some((argument) => argument.split("=")[0] === `--${name}`);
  const ofRows = ["count", "index", "logits", "data", "first-label"];
  const wrong = ofRows.find(isGiven);
  if (files.length > 0 && wrong !== undefined) {
    throw usage("predict", `--${wrong} does not go with FILE ${files[0]}`);
  }
  if (files.length === 0 && flags.has("show")) {
    throw usage("predict", "--show needs a FILE");
  }
  if (isGiven("count") && isGiven("index")) {
    throw usage("predict", "--count does not go with --index");
  }
}

async function predictRows(
  device: Device,
  model: Classifier,
  { flags, values }: Given,
  output: Output,
): Promise<void> {
  const mnist = await openData("predict", values, "test", model.classes);
  output.detail(`data: ${mnist.source}`);
  const dataset = rowsOf(mnist, values);
  const found = await predict(device, model, dataset);
  const labels = [...dataset.targets.data];
  if (flags.has("json")) console.log(rowsJson(found, labels));
  else printRows(found, labels, flags.has("logits"));
}
