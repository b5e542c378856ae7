import { CpuDevice } from "../../src/devices/cpu/cpu_device.ts";
import type { Device } from "../../src/devices/device.ts";

/**
 * A test on two threads with each build of the CPU device's kernels; all of a
 * kernel's implementations are used, whatever the size.
 */
export function cpuBuildsTest(
  name: string,
  run: (device: Device) => Promise<void>,
): void {
  for (const kernels of ["relaxed", "simd"] as const) {
    Deno.test(`cpu, ${kernels}: ${name}`, async () => {
      const split = { splitFrom: 0, winogradFrom: 0 };
      using device = CpuDevice.open({
        threads: 2,
        poison: true,
        kernels,
        ...split,
      });
      await run(device);
    });
  }
}
