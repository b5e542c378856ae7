import { assert } from "@std/assert";
import { webGpuTest } from "../_webgpu.ts";
import { kernelCases } from "./cases.ts";
import { KernelHarness } from "./cases/_harness.ts";

for (const { name, run } of kernelCases) {
  webGpuTest(`webgpu: ${name}`, async (device) => {
    const harness = new KernelHarness(device);
    run(harness);
    await harness.verify();
  });
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
