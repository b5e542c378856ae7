import { assert, assertEquals } from "@std/assert";
import { variants } from "../../src/devices/webgpu/kernels/conv2d.ts";
import { WebGpuDevice } from "../../src/devices/webgpu/webgpu_device.ts";
import { webGpuTest } from "../_webgpu.ts";
import * as reference from "../reference.ts";
import { runKernelCase } from "./cases.ts";
import { random } from "./cases/_harness.ts";
import { conv2dCases } from "./cases/conv2d.ts";

for (const variant of variants) {
  webGpuTest(`webgpu: the variant ${variant} of the convolution`, async () => {
    using device = await WebGpuDevice.open({ variant, poison: true });
    for (const one of conv2dCases) {
      try {
        await runKernelCase(device, one);
      } catch (error) {
        throw new Error(one.name, { cause: error });
      }
    }
  });

  webGpuTest(
    `webgpu: the variant ${variant}: infinity stays in its windows`,
    async () => {
      using device = await WebGpuDevice.open({ variant });
      const shape = reference.conv2dShape(2, 3, 5, [9, 10], {
        kernel: [3, 3],
        padding: [1, 1],
      });
      const x = random(2 * 3 * 9 * 10, 1);
      x[3 * 90 + 4 * 10 + 5] = Infinity;
      const weight = random(5 * 3 * 9, 2);
      const operand = (values: Float64Array) => {
        const buffer = device.allocate("f32", values.length);
        device.write(buffer, Float32Array.from(values));
        return { buffer };
      };
      const output = { buffer: device.allocate("f32", 2 * 5 * 9 * 10) };
      const operands = [operand(x), operand(weight)] as const;
      device.kernels.conv2dForward(...operands, null, output, shape);
      const values = await device.read(output.buffer);
      const expected = reference.conv2dForward(x, weight, null, shape);
      assertEquals(
        Array.from(values, Number.isFinite),
        Array.from(expected, Number.isFinite),
      );
      assert(values.some((value) => !Number.isFinite(value)));
    },
  );
}

webGpuTest("webgpu: another variant than naive is another kernel", async () => {
  const shape = reference.conv2dShape(1, 2, 4, [6, 6], { kernel: [3, 3] });
  const counts = [];
  for (const variant of variants) {
    using device = await WebGpuDevice.open({ variant });
    const operand = (length: number) => ({
      buffer: device.allocate("f32", length),
    });
    const operands = [operand(72), operand(72), null, operand(64)] as const;
    const before = device.counters.dispatches;
    device.kernels.conv2dForward(...operands, shape);
    counts.push(device.counters.dispatches - before);
    await device.settle();
  }
  assertEquals(counts, [1, 3]);
});
