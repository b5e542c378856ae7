/**
 * What a test runs on the main thread of a page: the first training step of the
 * golden network, on two threads.
 *
 * @module
 */

import { CpuDevice } from "../../src/devices/cpu/cpu_device.ts";
import { Golden } from "../golden.ts";
import { firstStep, networkOn } from "../golden_network.ts";

/**
 * @param file The file `golden/network.safetensors`, in base64.
 * @returns As JSON, the step before the worker took part, and with it.
 */
async function stepsOnCpu(file: string): Promise<string> {
  const golden = Golden.decode(Uint8Array.fromBase64(file), "network");
  using device = CpuDevice.open({ threads: 2, splitFrom: 0, idle: 60_000 });
  const step = async () => {
    const model = networkOn(device, golden);
    const { gradients, loss } = await firstStep(model, device, golden);
    const arrays = Object.entries(gradients)
      .map(([name, gradient]) => [name, Array.from(gradient)]);
    return { loss, gradients: Object.fromEntries(arrays) };
  };
  const steps = [await step()];
  const end = performance.now() + 20_000;
  while (device.workers === 0 && performance.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, 10));
    await step();
  }
  steps.push(await step());
  return JSON.stringify({ workers: device.workers, steps });
}

Object.assign(globalThis, { stepsOnCpu });
