import { CpuDevice } from "../src/devices/cpu/cpu_device.ts";
import type { Device } from "../src/devices/device.ts";
import { variants } from "../kernels/kernel.ts";
import { WebGpuDevice } from "../src/devices/webgpu/webgpu_device.ts";
import { type Permission, testWith } from "./permissions.ts";
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
  permissions: readonly Permission[] = [],
): void {
  const register = testWith(...permissions);
  for (const [index, cpu] of cpus.entries()) {
    register(`${name} (cpu, ${index + 1})`, async () => await run(cpu));
  }
  webGpuTest(`${name} (webgpu)`, run, { permissions });
}

/**
 * The same, and on WebGPU with every implementation of kernels, each on a device
 * of its own.
 */
export function everyVariantTest(
  name: string,
  run: (device: Device) => void | Promise<void>,
): void {
  deviceTest(name, run);
  for (const variant of variants) {
    webGpuTest(`${name} (webgpu, ${variant})`, async () => {
      using device = await WebGpuDevice.open({ poison: true, variant });
      await run(device);
    });
  }
}

export { webGpu };
