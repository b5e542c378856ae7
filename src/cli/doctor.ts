import { describe, DeviceError } from "../base/errors.ts";
import { leastDeno } from "../devices/webgpu/adapter.ts";
import { oldestDeno } from "../doctor/advice.ts";
import {
  type AdapterReport,
  type DeviceReport,
  type Diagnosis,
  examine,
} from "../doctor/mod.ts";
import type { Command } from "./_command.ts";
import { jsonText } from "./_json.ts";
import { usage } from "./_options.ts";
import { jsonOption, print } from "./_output.ts";

/** `deno task doctor`. */
export const doctor: Command = {
  name: "doctor",
  groups: [{
    options: [
      {
        name: "seconds",
        value: "X",
        default: "1",
        help: "seconds that the benchmark of each device takes",
      },
      { name: "verbose", help: "every feature and limit of an adapter" },
      jsonOption,
    ],
  }],
  notes: "Every device trains the network for some steps, and its losses are " +
    "compared with those of the reference kernels. The exit status is 0 if " +
    `all are right, else 1; a GPU that is missing is no failure. Deno ${oldestDeno} or ` +
    `later is supported; WebGPU needs Deno ${leastDeno}.`,
  async run({ flags, values }) {
    const seconds = Number(values.seconds);
    if (!(seconds >= 0 && seconds <= 60)) {
      const expected = "expected a number from 0 to 60";
      throw usage("doctor", `--seconds: ${expected}, got ${values.seconds}`);
    }
    const diagnosis = await examine({ seconds });
    if (flags.has("json")) console.log(jsonText(diagnosis));
    else print(asText(diagnosis, flags.has("verbose")));
    if (diagnosis.healthy) return;
    throw new DeviceError(describe({
      what: "doctor: not every device computes rightly",
      help: "See what failed above.",
    }));
  },
};

function asText(diagnosis: Diagnosis, verbose: boolean): string {
  const { adapters, auto, devices, memory, missing } = diagnosis;
  const yes = (is: boolean) => is ? "yes" : "no";
  return [
    `deno ${diagnosis.deno}, ${diagnosis.system}`,
    `cpu: ${diagnosis.threads} threads, SIMD ${yes(diagnosis.simd)}, ` +
    `relaxed SIMD ${yes(diagnosis.relaxedSimd)}, ` +
    `products in vectors of ${diagnosis.vectorBits} bits`,
    memory === null
      ? "memory: unknown without --allow-sys=systemMemoryInfo"
      : `memory: ${gigabytes(memory.total)}, ` +
        `${gigabytes(memory.available)} of it free`,
    adapters === null
      ? "adapters: unknown without --allow-env=DENO_WEBGPU_BACKEND"
      : `adapters: ${adapters.length === 0 ? "none" : adapters.length}`,
    ...(adapters ?? []).flatMap((adapter) => adapterLines(adapter, verbose)),
    ...devices.map(deviceLine),
    `auto takes ${auto ?? "none of them"}`,
    ...missing.map(({ install, what }) =>
      `missing: ${what}${install === null ? "" : `\n  ${install}`}`
    ),
  ].join("\n");
}

function adapterLines(adapter: AdapterReport, verbose: boolean): string[] {
  const { backend, features, isSoftware, limits, name } = adapter;
  const kind = isSoftware ? "software" : "hardware";
  const notable = ["shader-f16", "timestamp-query"].map((feature) =>
    `${feature} ${features.includes(feature) ? "yes" : "no"}`
  );
  const size = gigabytes(limits.maxStorageBufferBindingSize);
  const line = `  ${backend}: ${name}, ${kind}, ${notable.join(", ")}, ` +
    `buffers up to ${size}`;
  if (!verbose) return [line];
  return [
    line,
    `    features: ${features.join(", ")}`,
    ...Object.entries(limits).map(([key, value]) => `    ${key}: ${value}`),
  ];
}

function deviceLine({ benchmark, failure, kind, label }: DeviceReport): string {
  if (benchmark === null) return `${label ?? kind}: FAILED: ${failure}`;
  const { imagesPerSecond, stepMilliseconds } = benchmark;
  return `${label}: self-test passed\n` +
    `  ${Math.round(imagesPerSecond)} images/s, ` +
    `${stepMilliseconds.toFixed(1)} ms a training step of 100`;
}

function gigabytes(bytes: number): string {
  return bytes < 1e9
    ? `${Math.round(bytes / 1e6)} MB`
    : `${(bytes / 1e9).toFixed(1)} GB`;
}
