/**
 * `deno task bench:webgpu`: how fast WebGPU trains and evaluates the network for
 * MNIST, or another by `--network`, on whatever adapter there is. In turn and in
 * several rounds, with `--peers` jax-js trains the network for MNIST on the same
 * adapter, and with `--cpu` the CPU device the same network on two threads.
 * Prints text, and with `--json` one JSON object.
 *
 * @module
 */

import { parseArgs } from "@std/cli";
import { fromFileUrl } from "@std/path";
import { CpuDevice, WebGpuDevice } from "../../src/kernel/mod.ts";
import { networks } from "./_networks.ts";
import { median, type StepTimes, timeSteps } from "./_webgpu_step.ts";

const given = parseArgs(Deno.args, {
  string: ["network", "batch", "steps", "rounds", "evaluations", "precision"],
  boolean: ["peers", "cpu", "profile", "json"],
  default: {
    network: "notebook",
    batch: "100",
    steps: "20",
    rounds: "2",
    evaluations: "1",
    precision: "f32",
  },
});
const batch = Number(given.batch);
const network = networks[given.network];
if (network === undefined) {
  throw new RangeError(`--network: ${Object.keys(networks).join(", ")}`);
}
if (given.peers && given.network !== "notebook") {
  throw new RangeError("--peers: jax-js has the notebook's network alone");
}
const options = {
  network,
  batch,
  steps: Number(given.steps),
  evaluations: Number(given.evaluations),
};

const precision = given.precision === "f16" ? "f16" : "f32";

const ours: StepTimes[] = [];
const theirs: number[] = [];
const cpu: number[] = [];
for (let round = 0; round < Number(given.rounds); round++) {
  using device = await WebGpuDevice.open({ precision });
  ours.push(await timeSteps(device, options));
  if (given.peers) theirs.push(...await jax());
  if (given.cpu) cpu.push(await onCpu());
}
const table = given.profile ? await profile() : "";
if (given.json) console.log(JSON.stringify({ ours, jax: theirs, cpu, table }));
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

/** Milliseconds of a step on the CPU device, one after another. */
async function onCpu(): Promise<number> {
  using device = CpuDevice.open({ threads: 2 });
  const times = await timeSteps(device, { ...options, evaluations: 0 });
  return times.pipelinedMilliseconds;
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
  const host = ours.flatMap(({ hostMicroseconds }) => hostMicroseconds ?? []);
  const pipelined = ours.map(({ pipelinedMilliseconds }) =>
    pipelinedMilliseconds
  );
  console.log(`${name}, ${given.network}, batch ${batch}, ${precision}`);
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
  if (cpu.length > 0) {
    const ratio = median(pipelined) / median(cpu);
    console.log(`CPU device: ${range(cpu)} ms, ours ${ratio.toFixed(2)} times`);
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
