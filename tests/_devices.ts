import { CpuDevice } from "../src/devices/cpu/cpu_device.ts";
import type { Device } from "../src/devices/device.ts";
import { webGpu, webGpuTest } from "./_webgpu.ts";

/** The CPU device of a test file; its recycled buffers are poisoned. */
const cpu = CpuDevice.open({ poison: true });

/** Registers a test for each device. */
export function deviceTest(
  name: string,
  run: (device: Device) => void | Promise<void>,
): void {
  Deno.test(`${name} (cpu)`, async () => await run(cpu));
  webGpuTest(`${name} (webgpu)`, run);
}

export { webGpu };
