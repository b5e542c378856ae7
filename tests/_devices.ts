import { CpuDevice } from "../src/devices/cpu/cpu_device.ts";
import type { Device } from "../src/devices/device.ts";
import { webGpu, webGpuTest } from "./_webgpu.ts";

/**
 * The CPU devices of a test file, which split even the least work between their
 * threads. Recycled buffers are poisoned.
 */
const cpus = [1, 2, 3].map((threads) =>
  CpuDevice.open({ poison: true, splitFrom: 0, threads })
);

/** Registers a test for each device; for the CPU with 1, 2 and 3 threads. */
export function deviceTest(
  name: string,
  run: (device: Device) => void | Promise<void>,
): void {
  for (const [index, cpu] of cpus.entries()) {
    Deno.test(`${name} (cpu, ${index + 1})`, async () => await run(cpu));
  }
  webGpuTest(`${name} (webgpu)`, run);
}

export { webGpu };
