/**
 * The benchmark of a GPU: see `pack.ts`. Options: `--batch LIST` (100,1024),
 * `--steps N` (200), `--out FILE` (result.json), `--any` to run on an adapter
 * that is software too.
 *
 * @module
 */

import { parseArgs } from "@std/cli";
import { type Precision, WebGpuDevice } from "../../../src/kernel/mod.ts";
import { variants } from "../../../kernels/kernel.ts";
import { kernelCases, runKernelCase } from "../../kernels/cases.ts";
import { networks } from "../_networks.ts";
import {
  type StepOptions,
  type StepTimes,
  timeSteps,
} from "../_webgpu_step.ts";

const given = parseArgs(Deno.args, {
  string: ["batch", "steps", "out"],
  boolean: ["any"],
  default: { batch: "100,1024", steps: "200", out: "result.json" },
});
const batches = given.batch.split(",").map(Number);
const steps = Number(given.steps);

const adapter = await navigator.gpu.requestAdapter({
  powerPreference: "high-performance",
});
if (adapter === null || (adapter.info.isFallbackAdapter && !given.any)) {
  const found = adapter?.info.description ?? "no adapter";
  console.error(
    `expected a GPU, got ${found}. Help: install its Vulkan driver, or ` +
      "use --any to measure what there is.",
  );
  Deno.exit(1);
}
const { vendor, architecture, description } = adapter.info;
console.log(`adapter: ${description}`);

const correctness = await testKernels();
const wrong = correctness.failures.length;
console.log(`kernels: ${correctness.cases} cases, ${wrong} failed`);
for (const failure of correctness.failures) console.log(failure);
const training = await timeAll();
const pytorch = await timePyTorch();
const result = {
  date: new Date().toISOString(),
  deno: Deno.version.deno,
  adapter: { vendor, architecture, description },
  correctness,
  training,
  pytorch,
};
await Deno.writeTextFile(given.out, JSON.stringify(result, null, 2));
console.log(`wrote ${given.out}`);
Deno.exit(wrong === 0 ? 0 : 1);

/** Every kernel on every shape, against the reference in f64, by each variant. */
async function testKernels() {
  const failures: string[] = [];
  let cases = 0;
  for (const variant of variants) {
    using device = await WebGpuDevice.open({ poison: true, variant });
    // Other kernels than the convolution's are the same in every variant.
    const own = kernelCases.filter(({ name }) =>
      variant === "tiled" || name.startsWith("conv")
    );
    cases += own.length;
    for (const kernelCase of own) {
      try {
        await runKernelCase(device, kernelCase);
      } catch (error) {
        const { message } = error as Error;
        failures.push(`${variant}: ${kernelCase.name}: ${message}`);
      }
    }
  }
  return { cases, failures };
}

async function timeAll() {
  const all = [];
  const hasHalf = adapter!.features.has("shader-f16");
  const precisions: Precision[] = hasHalf ? ["f32", "f16"] : ["f32"];
  for (const batch of batches) {
    for (const precision of precisions) {
      const options = {
        network: networks.notebook,
        batch,
        steps,
        evaluations: 3,
        precision,
      };
      const times = await timed(options);
      console.log(
        `batch ${batch}, ${precision}: ` +
          `${times.pipelinedMilliseconds.toFixed(3)} ms a step, ` +
          `${times.hostMicroseconds!.toFixed(0)} µs of them on the host ` +
          `(${times.variants.join(", ")})`,
      );
      const kernels = await profiled(options);
      all.push({ batch, precision, ...times, kernels });
    }
  }
  return all;
}

interface Options extends StepOptions {
  precision: Precision;
}

async function timed(
  options: Options,
): Promise<StepTimes & { variants: string[] }> {
  const chosen: string[] = [];
  const onVariant = (sentence: string) => chosen.push(sentence);
  const { precision } = options;
  using device = await WebGpuDevice.open({ onVariant, precision });
  return { ...await timeSteps(device, options), variants: chosen };
}

/** Times of all kernels, or null where the adapter cannot measure them. */
async function profiled(options: Options) {
  if (!adapter!.features.has("timestamp-query")) return null;
  const { precision } = options;
  using device = await WebGpuDevice.open({ precision, profile: true });
  await timeSteps(device, { ...options, evaluations: 0 });
  console.log(device.profile!.table());
  return device.profile!.summaries();
}

/** PyTorch on the same GPU, or why there is none. */
async function timePyTorch() {
  try {
    const { code, stderr, stdout } = await new Deno.Command("python3", {
      args: ["pytorch_gpu.py", "--batch", given.batch, "--steps", given.steps],
    }).output();
    const decoder = new TextDecoder();
    if (code !== 0) return { missing: decoder.decode(stderr).trim() };
    const times = JSON.parse(decoder.decode(stdout));
    for (const { batch, missing, mode, pipelinedMilliseconds } of times) {
      const told = missing ?? `${pipelinedMilliseconds.toFixed(3)} ms a step`;
      console.log(`PyTorch ${mode}, batch ${batch}: ${told}`);
    }
    return times;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return { missing: "python3 is not installed" };
  }
}
