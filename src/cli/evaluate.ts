import { openDevice } from "../devices/select.ts";
import { evaluate } from "../training/evaluate.ts";
import { classCount, dataOptions, openData } from "./_data.ts";
import { modelHelp, openModelOrShipped } from "./_model.ts";
import { readOptions } from "./_options.ts";
import { machineOf, machineOptions } from "./_machine.ts";
import { Output } from "./_output.ts";
import { reportProfile, wantsProfile } from "./_profile.ts";

/** What `evaluate --help` prints. */
export const help = `Measure saved weights on the 10,000 test images.

Usage: deno task evaluate [options]

${modelHelp}
  --device D     auto, webgpu or cpu (auto)
  --threads N    threads of the CPU device (one a core)
  --variant V    how WebGPU does convolutions (auto): auto,
                 naive, software or tiled
  --precision P  how WebGPU stores activations: f32, or f16 (f32)
  --data DIR     folder of the four IDX files; fetched if not there (data)
  --classes N    classes of a data set of your own (those of the weights)
  --first-label N
                 its least label: 1 for EMNIST's letters (0)
  --json         one JSON object
  --verbose      device, data and times, on stderr
  --profile      print the time of every kernel
  --profile-trace FILE
                 write it for chrome://tracing or ui.perfetto.dev
  --help         this text`;

/** `deno task evaluate`. */
export async function evaluateCommand(args: readonly string[]): Promise<void> {
  const given = readOptions("evaluate", args, {
    values: {
      model: "",
      ...machineOptions,
      ...dataOptions,
      "profile-trace": "",
    },
    flags: ["json", "profile", "verbose"],
  });
  const { flags, values } = given;
  if (flags.has("help")) return console.log(help);
  const output = new Output("evaluate", given);
  const machine = machineOf("evaluate", values);
  const start = performance.now();
  using device = await openDevice({
    ...machine,
    onVariant: (sentence) => output.detail(sentence),
    profile: wantsProfile(given),
    onChoice: (sentence) => output.detail(`device: ${sentence}`),
  });
  const model = await openModelOrShipped(
    device,
    values.model,
    output,
    classCount("evaluate", values.classes),
  );
  const dataset = await openData("evaluate", values, "test", model.classes);
  output.detail(`data: ${dataset.source}`);
  const { accuracy, loss } = await evaluate(device, model, dataset);
  output.took("all done", start);
  await reportProfile(device, given);
  if (flags.has("json")) {
    const images = dataset.length;
    console.log(JSON.stringify({ loss, accuracy, images }));
  } else {
    console.log(
      `val_loss: ${loss.toFixed(5)}, val_acc: ${accuracy.toFixed(5)}`,
    );
  }
}
