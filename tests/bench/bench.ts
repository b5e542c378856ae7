/**
 * `deno task bench`: how fast the CPU device trains and evaluates the
 * notebook's network or one of `examples/`, and with `--peers` beside it PyTorch and jax-js where they are
 * installed. Every contestant runs in a process of its own, in turn and in
 * several rounds, so that a change of the machine's mood hits all of them.
 *
 * @module
 */

import { parseArgs } from "@std/cli";
import { fromFileUrl } from "@std/path";
import { networks } from "./_networks.ts";

const help = `Benchmarks of the CPU device.

Usage: deno task bench [options]

  --network NAME   the network: ${Object.keys(networks).join(", ")} (notebook)
  --batch LIST     batch sizes (100,256,1024)
  --threads LIST   numbers of threads (1,2,4)
  --steps N        training steps of a contestant and round (30)
  --evaluations N  evaluations of 10,000 images in a round (3)
  --rounds N       rounds (2)
  --peers          run PyTorch (python3 with torch) and jax-js too
  --help           this text`;

/** What a contestant prints. */
interface Times {
  readonly name: string;
  readonly milliseconds: readonly number[];
  readonly imagesPerSecond: readonly number[];
  readonly peakMegabytes: number;
  readonly stepTable?: string;
}

/** A contestant: a program that takes the same options as the others. */
interface Contestant {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
}

const here = (path: string) => fromFileUrl(new URL(path, import.meta.url));
const config = ["--config", here("../../deno.json")];

const ours: Contestant = {
  name: "this library",
  command: Deno.execPath(),
  args: ["run", "--allow-all", ...config, here("ours.ts")],
};
/** The one on the PATH, and where Debian keeps its own, that has python3-torch. */
const pythons = ["python3", "/usr/bin/python3"];
const peers: readonly Contestant[] = pythons.map((command) => ({
  name: "PyTorch",
  command,
  args: [here("peers/pytorch.py")],
}));
/** The same with its images in channels_last. */
const channelsLast = ({ args, command }: Contestant): Contestant => ({
  name: "PyTorch, channels_last",
  command,
  args: [...args, "--channels-last"],
});
const slowPeers: readonly Contestant[] = [
  {
    name: "jax-js (wasm)",
    command: Deno.execPath(),
    args: ["run", "--allow-all", ...config, here("peers/jax.js")],
  },
];

const given = parseArgs(Deno.args, {
  string: ["network", "batch", "threads", "steps", "evaluations", "rounds"],
  boolean: ["peers", "help"],
  default: {
    network: "notebook",
    batch: "100,256,1024",
    threads: "1,2,4",
    steps: "30",
    evaluations: "3",
    rounds: "2",
  },
});
if (given.help) {
  console.log(help);
  Deno.exit(0);
}
if (!(given.network in networks)) {
  console.error(`no network ${given.network}: see --help`);
  Deno.exit(2);
}
const rounds = Number(given.rounds);
const numbers = (list: string) => list.split(",").map(Number);

console.log(`${await processor()}, ${navigator.hardwareConcurrency} cores`);
console.log(`Deno ${Deno.version.deno}, V8 ${Deno.version.v8}\n`);
await trainingAndEvaluation();
await kernels();
if (given.peers && given.network === "notebook") await slow();

/** The table of steps and evaluations. */
async function trainingAndEvaluation(): Promise<void> {
  const contestants = [ours, ...given.peers ? await installed(peers) : []];
  const table = [[
    "batch",
    "threads",
    "",
    "ms a step",
    "10 % to 90 %",
    "ratio",
    "evaluation images/s",
    "ratio",
    "peak MB",
  ]];
  for (const batch of numbers(given.batch)) {
    for (const threads of numbers(given.threads)) {
      const all = await inTurn(contestants, batch, threads);
      const first = all[0];
      for (const times of all) {
        const ms = median(times.milliseconds);
        const rate = median(times.imagesPerSecond);
        const evaluated = times.imagesPerSecond.length > 0;
        const own = times === first;
        table.push([
          String(batch),
          String(threads),
          times.name,
          ms.toFixed(2),
          `${share(times.milliseconds, 0.1).toFixed(2)} to ` +
          share(times.milliseconds, 0.9).toFixed(2),
          own ? "" : (median(first.milliseconds) / ms).toFixed(2),
          evaluated ? rate.toFixed(0) : "",
          own || !evaluated
            ? ""
            : (median(first.imagesPerSecond) / rate).toFixed(2),
          String(times.peakMegabytes),
        ]);
      }
    }
  }
  printTable(table);
  if (given.peers) console.log("\nratio: this library's number by the peer's");
}

/** The table of kernels, each run by itself. */
async function kernels(): Promise<void> {
  const [batch] = numbers(given.batch);
  for (const threads of [1, 2]) {
    const args = ["--profile", "--evaluations", "0"];
    const times = await run(ours, batch, threads, args);
    console.log(`\nKernels of a step, batch ${batch}, ${times.name}\n`);
    console.log(times.stepTable);
  }
}

/** Peers of which a few steps are all that one wants to wait for. */
async function slow(): Promise<void> {
  for (const contestant of slowPeers) {
    const args = ["--steps", "3", "--evaluations", "0"];
    const times = await run(contestant, 100, 2, args);
    const ms = median(times.milliseconds).toFixed(0);
    console.log(`\n${times.name}, batch 100: ${ms} ms a step`);
  }
}

/** Runs all contestants, one after the other, round by round. */
async function inTurn(
  contestants: readonly Contestant[],
  batch: number,
  threads: number,
): Promise<Times[]> {
  const all: Times[][] = contestants.map(() => []);
  for (let round = 0; round < rounds; round++) {
    for (const [index, contestant] of contestants.entries()) {
      all[index].push(await run(contestant, batch, threads));
    }
  }
  return all.map((times) => ({
    name: times[0].name,
    milliseconds: times.flatMap(({ milliseconds }) => milliseconds),
    imagesPerSecond: times.flatMap(({ imagesPerSecond }) => imagesPerSecond),
    peakMegabytes: Math.max(...times.map((time) => time.peakMegabytes)),
  }));
}

async function run(
  contestant: Contestant,
  batch: number,
  threads: number,
  more: readonly string[] = [],
): Promise<Times> {
  const { evaluations, network, steps } = given;
  const sizes = { network, batch, threads, steps, evaluations };
  const options = Object.entries(sizes).flatMap(
    ([name, value]) => [`--${name}`, String(value)],
  );
  const { code, stdout } = await new Deno.Command(contestant.command, {
    args: [...contestant.args, ...options, ...more],
    stderr: "inherit",
  }).output();
  if (code !== 0) throw new Error(`${contestant.name} failed`);
  return JSON.parse(new TextDecoder().decode(stdout));
}

/** The first contestant whose Python has PyTorch, if one does. */
async function installed(
  contestants: readonly Contestant[],
): Promise<Contestant[]> {
  for (const contestant of contestants) {
    const { success } = await new Deno.Command(contestant.command, {
      args: ["-c", "import torch"],
      stderr: "null",
    }).output().catch(() => ({ success: false }));
    if (success) return [contestant, channelsLast(contestant)];
  }
  console.log("PyTorch is not installed: left out\n");
  return [];
}

async function processor(): Promise<string> {
  if (Deno.build.os !== "linux") return Deno.build.arch;
  const text = await Deno.readTextFile("/proc/cpuinfo");
  return /model name\s*: (.*)/.exec(text)?.[1] ?? Deno.build.arch;
}

function median(values: readonly number[]): number {
  return share(values, 0.5);
}

/** The value below which a share of the values lies. */
function share(values: readonly number[], part: number): number {
  const sorted = values.toSorted((left, right) => left - right);
  const place = (sorted.length - 1) * part;
  const below = Math.floor(place);
  const above = sorted[Math.min(below + 1, sorted.length - 1)];
  return sorted[below] + (place - below) * (above - sorted[below]);
}

function printTable(rows: readonly string[][]): void {
  const widths = rows[0].map((_, column) =>
    Math.max(...rows.map((cells) => cells[column].length))
  );
  const line = (cells: readonly string[]) =>
    `| ${
      cells.map((cell, column) => cell.padStart(widths[column])).join(" | ")
    } |`;
  const [head, ...body] = rows.map(line);
  const rule = `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`;
  console.log([head, rule, ...body].join("\n"));
}
