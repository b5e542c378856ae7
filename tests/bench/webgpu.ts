/**
 * `deno task bench:webgpu`: how fast WebGPU trains and evaluates the network for
 * MNIST on whatever adapter there is, and with `--peers` beside it jax-js on the
 * same adapter, in turn and in several rounds. Prints text, and with `--json`
 * one JSON object.
 *
 * @module
 */

import { parseArgs } from "@std/cli";
import { fromFileUrl } from "@std/path";
import { WebGpuDevice } from "../../src/kernel/mod.ts";
import { median, type StepTimes, timeSteps } from "./_webgpu_step.ts";

const given = parseArgs(Deno.args, {
  string: ["batch", "steps", "rounds", "evaluations", "precision"],
  boolean: ["peers", "profile", "json"],
  default: {
    batch: "100",
    steps: "20",
    rounds: "2",
    evaluations: "1",
    precision: "f32",
  },
});
const batch = Number(given.batch);
const options = {
  batch,
  steps: Number(given.steps),
  evaluations: Number(given.evaluations),
};

const precision = given.precision === "f16" ? "f16" : "f32";

const ours: StepTimes[] = [];
const theirs: number[] = [];
for (let round = 0; round < Number(given.rounds); round++) {
  using device = await WebGpuDevice.open({ precision });
  ours.push(await timeSteps(device, options));
  if (given.peers) theirs.push(...await jax());
}
const table = given.profile ? await profile() : "";
if (given.json) console.log(JSON.stringify({ ours, jax: theirs, table }));
else print();

/** Milliseconds of some steps of jax-js on the same adapter. */
async function jax(): Promise<number[]> {
  const here = (path: string) => fromFileUrl(new URL(path, import.meta.url));
  const { code, stderr, stdout } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--allow-all",
      "--unstable-webgpu",
      "--config",
      here("../../deno.json"),
      here("peers/jax.js"),
      ...["--backend", "webgpu", "--steps", "5", "--batch", String(batch)],
    ],
  }).output();
  const decoder = new TextDecoder();
  if (code !== 0) throw new Error(decoder.decode(stderr));
  return JSON.parse(decoder.decode(stdout).trim()).milliseconds;
}

/** The kernels of training steps. */
async function profile(): Promise<string> {
  using device = await WebGpuDevice.open({ precision, profile: true });
  await timeSteps(device, { ...options, evaluations: 0 });
  return device.profile!.table();
}

function print(): void {
  const steps = ours.flatMap(({ milliseconds }) => milliseconds);
  const first = ours.map(({ firstStepMilliseconds }) => firstStepMilliseconds);
  const rates = ours.flatMap(({ imagesPerSecond }) => imagesPerSecond);
  const { name, perStep } = ours[0];
  const host = ours.map(({ hostMicroseconds }) => hostMicroseconds!);
  const pipelined = ours.map(({ pipelinedMilliseconds }) =>
    pipelinedMilliseconds
  );
  console.log(`${name}, batch ${batch}, ${precision}`);
  console.log(`first step: ${range(first)} ms`);
  console.log(`step, loss read: ${range(steps)} ms`);
  console.log(`step, one after another: ${range(pipelined)} ms`);
  if (rates.length > 0) console.log(`evaluation: ${range(rates)} images/s`);
  console.log(`host, record and submit: ${range(host)} µs a step`);
  console.log(`a step: ${JSON.stringify(perStep)}`);
  if (theirs.length > 0) {
    const ratio = median(theirs) / median(steps);
    console.log(`jax-js: ${range(theirs)} ms, ${ratio.toFixed(1)} times ours`);
  }
  if (table !== "") console.log(`\n${table}`);
}

/** Median and extremes. */
function range(values: readonly number[]): string {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return `${median(values).toFixed(1)} (${low.toFixed(1)} to ${
    high.toFixed(1)
  })`;
}
