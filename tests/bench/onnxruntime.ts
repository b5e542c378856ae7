/**
 * `deno task bench:onnxruntime`: the notebook's network with its shipped weights,
 * captured, beside ONNX Runtime's native build, which npm has: images from the host,
 * logits to the host. Each runs in a process of its own, in turn and in several
 * rounds. Ends with status 1 where their logits differ.
 *
 * @module
 */

import { parseArgs } from "@std/cli";
import { fromFileUrl, join } from "@std/path";
import {
  ConvolutionalNeuralNetwork,
  exportOnnx,
  openDevice,
  RandomGenerator,
  readShippedWeights,
} from "../../mod.ts";
import { temporaryFolder } from "../temporary_folder.ts";

const help = `The notebook's network beside ONNX Runtime, evaluation.

Usage: deno task bench:onnxruntime [options]

  --batch LIST     batch sizes (1,100)
  --threads LIST   numbers of threads (1,2)
  --rounds N       rounds (5)
  --help           this text`;

/** What a contestant prints. */
interface Times {
  readonly name: string;
  /** Of all its runs. */
  readonly least: number;
  readonly median: number;
  readonly logits: readonly number[];
}

/** By how much logits may differ: those of the weights are up to 37. */
const tolerance = 1e-4;

const given = parseArgs(Deno.args, {
  string: ["batch", "threads", "rounds"],
  boolean: ["help"],
  default: { batch: "1,100", threads: "1,2", rounds: "5" },
});
if (given.help) {
  console.log(help);
  Deno.exit(0);
}
const numbers = (list: string) => list.split(",").map(Number);
const batches = numbers(given.batch);
const contestants = ["_captured.ts", "peers/onnxruntime.ts"];

await using folder = await temporaryFolder();
await writeModel(join(folder.path, "model.onnx"));
const pixels = Math.max(...batches) * 784;
const random = new RandomGenerator(0);
await Deno.writeFile(
  join(folder.path, "images.u8"),
  Uint8Array.from({ length: pixels }, () => random.random() % 256),
);
console.log("µs: least, and median of the rounds' medians\n");
for (const batch of batches) {
  for (const threads of numbers(given.threads)) await compare(batch, threads);
}

async function compare(batch: number, threads: number): Promise<void> {
  const times: Times[][] = contestants.map(() => []);
  for (let round = 0; round < Number(given.rounds); round++) {
    for (const [index, program] of contestants.entries()) {
      times[index].push(await run(program, batch, threads));
    }
  }
  const least = times.map((all) => Math.min(...all.map(({ least }) => least)));
  const medians = times.map((all) => middle(all.map(({ median }) => median)));
  times.forEach(([{ name }], index) => {
    const text = `${least[index].toFixed(1)} (${medians[index].toFixed(1)})`;
    console.log(`batch ${batch}, threads ${threads}: ${name} ${text}`);
  });
  const ratio = medians[0] / medians[1];
  console.log(`ratio of the medians ${ratio.toFixed(2)}\n`);
  const [[own], [other]] = times;
  const worst = Math.max(
    ...own.logits.map((value, at) => Math.abs(value - other.logits[at])),
  );
  if (worst <= tolerance) return;
  console.error(`logits differ by ${worst}`);
  Deno.exitCode = 1;
}

async function run(
  program: string,
  batch: number,
  threads: number,
): Promise<Times> {
  const path = fromFileUrl(new URL(program, import.meta.url));
  const config = fromFileUrl(new URL("../../deno.json", import.meta.url));
  const { code, stdout } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--allow-all", "--quiet", "--config", config, path],
      ...[folder.path, batch, threads].map(String),
    ],
    stderr: "inherit",
  }).output();
  if (code !== 0) throw new Error(`${program} failed`);
  return JSON.parse(new TextDecoder().decode(stdout));
}

async function writeModel(path: string): Promise<void> {
  using device = await openDevice({ device: "cpu" });
  const model = new ConvolutionalNeuralNetwork().to(device);
  model.loadStateDict((await readShippedWeights()).tensors);
  const bytes = await exportOnnx(model, { inputShape: [1, 28, 28] });
  await Deno.writeFile(path, bytes);
}

function middle(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}
