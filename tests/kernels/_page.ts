/**
 * What a test runs in a browser: the first training step of the golden network.
 *
 * @module
 */

import type { Variant } from "../../kernels/kernel.ts";
import { WebGpuDevice } from "../../src/devices/webgpu/webgpu_device.ts";
import { Golden } from "../golden.ts";
import { firstStep, networkOn } from "../golden_network.ts";

/**
 * @param file The file `golden/network.safetensors`, in base64.
 * @param variant Which kernels to take.
 * @returns The step as JSON.
 */
async function stepInPage(file: string, variant: Variant): Promise<string> {
  const golden = Golden.decode(Uint8Array.fromBase64(file), "network");
  using device = await WebGpuDevice.open({ variant, software: false });
  const model = networkOn(device, golden);
  const { gradients, loss } = await firstStep(model, device, golden);
  const arrays = Object.entries(gradients)
    .map(([name, gradient]) => [name, Array.from(gradient)]);
  return JSON.stringify({ loss, gradients: Object.fromEntries(arrays) });
}

Object.assign(globalThis, { stepInPage });
