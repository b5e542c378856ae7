import { assert } from "@std/assert";
import { WebGpuDevice } from "../../src/devices/webgpu/webgpu_device.ts";
import { webGpuTest } from "../_webgpu.ts";
import { kernelCases, runKernelCase } from "./cases.ts";
import { convBlockCases } from "./cases/conv_block.ts";

for (const kernelCase of kernelCases) {
  webGpuTest(
    `webgpu: ${kernelCase.name}`,
    (device) => runKernelCase(device, kernelCase),
  );
}

for (const software of [true, false]) {
  const kind = software ? "processors" : "GPUs";
  webGpuTest(`webgpu: blocks by the kernels for ${kind}`, async () => {
    using device = await WebGpuDevice.open({ software, poison: true });
    for (const block of convBlockCases) {
      await explained(block.name, () => runKernelCase(device, block));
    }
  });
}

/** Adds the name of a case to what it throws. */
async function explained(name: string, run: () => Promise<void>) {
  try {
    await run();
  } catch (error) {
    throw new Error(name, { cause: error });
  }
}

webGpuTest(
  "webgpu: fill: more workgroups than a row of the grid may have",
  async (device) => {
    const output = { buffer: device.allocate("i32", 65_535 * 256 + 1) };
    device.kernels.fill(output, 7);
    const values = await device.read(output.buffer);
    assert(values.every((value) => value === 7));
    device.release(output.buffer);
  },
);
