/**
 * A process that runs kernel cases with broken WGSL, given as a line of JSON
 * each, and answers by a line with the result. A kernel's source is a string in
 * a module: no process need start anew for a mutant.
 *
 * @module
 */

import type { WgslModule } from "../../kernels/wgsl.ts";
import { DeviceError } from "../../src/base/errors.ts";
import type { Device } from "../../src/devices/device.ts";
import { type KernelCase, runKernelCase } from "../kernels/cases/_harness.ts";
import { TextLineStream } from "../fuzz/_lines.ts";
import { openDevice } from "./_devices.ts";
import { giveAnswer } from "./_protocol.ts";

/** Broken modules, and what tells. */
export interface WgslTrial {
  /** The name of a device of `_devices.ts`. */
  readonly device: string;
  /** Files with kernel cases, from the root. */
  readonly cases: readonly string[];
  /** The source of each generated module that is not as it was, by its file. */
  readonly modules: Readonly<Record<string, string>>;
}

// What a lost device leaves behind concerns the next one no more.
globalThis.addEventListener("unhandledrejection", (event) => {
  event.preventDefault();
});

/** Devices by name: a pipeline is found by its source, so that one serves all. */
const opened = new Map<string, Device & Disposable>();

const lines = Deno.stdin.readable.pipeThrough(new TextLineStream());
for await (const line of lines) {
  await giveAnswer(await resultOf(JSON.parse(line)));
}
Deno.exit();

/** The message of the first error; null if all cases pass. */
async function resultOf(trial: WgslTrial): Promise<string | null> {
  const originals: [{ code: string }, string][] = [];
  for (const [file, code] of Object.entries(trial.modules)) {
    const { module }: { module: WgslModule } = await import(`../../${file}`);
    originals.push([module, module.code]);
    Object.assign(module, { code });
  }
  try {
    const isUsed = opened.has(trial.device);
    const error = await firstError(trial);
    // The error of a used device may be one that an earlier trial made.
    const last = isUsed && error instanceof DeviceError
      ? await firstError(trial)
      : error;
    return last === null ? null : String(last);
  } finally {
    for (const [module, code] of originals) Object.assign(module, { code });
  }
}

async function firstError({ cases, device: name }: WgslTrial) {
  const device = opened.get(name) ?? await openDevice(name);
  opened.set(name, device);
  try {
    for (const file of cases) {
      const module: Record<string, KernelCase[]> = await import(
        `../../${file}`
      );
      for (const each of Object.values(module).filter(Array.isArray).flat()) {
        await runKernelCase(device, each);
      }
    }
    return null;
  } catch (error) {
    if (error instanceof DeviceError) {
      opened.delete(name);
      device[Symbol.dispose]();
    }
    return error;
  }
}
