/**
 * The kernels of optimizers, augmentation and metrics on random shapes and
 * parameters: every implementation against the reference. The draws are the
 * same each time.
 */
import { assertEquals } from "@std/assert";
import * as fc from "npm:fast-check@4.11.0";
import * as accumulate from "../../kernels/accumulate/accumulate.ts";
import * as adadelta from "../../kernels/adadelta/adadelta.ts";
import * as adam from "../../kernels/adam/adam.ts";
import * as argmax from "../../kernels/argmax/argmax.ts";
import * as blur from "../../kernels/augment/blur.ts";
import * as noise from "../../kernels/augment/noise.ts";
import * as warp from "../../kernels/augment/warp.ts";
import * as classCounts from "../../kernels/class_counts/class_counts.ts";
import * as clipNorm from "../../kernels/clip_norm/clip_norm.ts";
import * as average from "../../kernels/cumulative_average/cumulative_average.ts";
import * as ema from "../../kernels/ema/ema.ts";
import * as rmsprop from "../../kernels/rmsprop/rmsprop.ts";
import * as sgd from "../../kernels/sgd/sgd.ts";
import * as topK from "../../kernels/top_k/top_k.ts";
import type { Device } from "../../src/devices/device.ts";
import { webGpuTest } from "../_webgpu.ts";
import { runKernelCase } from "../kernels/cases/_harness.ts";
import { cpuBuildsTest } from "./_cpu_builds.ts";
import { augmentationCalls, metricCalls } from "./_image_calls.ts";
import { updateCalls } from "./_update_calls.ts";

const all = { ...augmentationCalls, ...metricCalls, ...updateCalls };

const modules = [
  ...[accumulate, adadelta, adam, argmax, average, blur, classCounts],
  ...[clipNorm, ema, noise, rmsprop, sgd, topK, warp],
];

Deno.test("every kernel of these modules has random calls", () => {
  const names = modules.flatMap((module) => Object.values<unknown>(module))
    .filter((value) => value instanceof Object && "reference" in value)
    .map((kernel) => (kernel as unknown as { name: string }).name);
  assertEquals(names.sort(), Object.keys(all).sort());
});

async function compare(device: Device, runs: number): Promise<void> {
  for (const calls of Object.values(all)) {
    for (const call of fc.sample(calls, { numRuns: runs, seed: 1 })) {
      try {
        await runKernelCase(device, call);
      } catch (error) {
        throw new Error(call.name, { cause: error });
      }
    }
  }
}

cpuBuildsTest(
  "random updates, warps and counts are the reference's",
  async (device) => await compare(device, 40),
);

webGpuTest(
  "webgpu: random updates, warps and counts are the reference's",
  async (device) => await compare(device, 10),
);
