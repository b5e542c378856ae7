import { assert, assertEquals, assertThrows } from "@std/assert";
import { fill } from "../../kernels/fill/fill.ts";
import { sumKernels } from "../../kernels/sum/sum.ts";
import { sumOfSquares } from "../../kernels/clip_norm/clip_norm.ts";
import { linearGradient } from "../../kernels/linear/linear.ts";
import { WebGpuDevice } from "../../src/devices/webgpu/webgpu_device.ts";
import { DeviceError } from "../../src/base/errors.ts";
import { webGpuTest } from "../_webgpu.ts";
import { tamperedAdapter } from "../devices/webgpu/_adapter.ts";
import { kernelCases, runKernelCase } from "./cases.ts";
import { convBlockCases } from "./cases/conv_block.ts";
import { gatherCases } from "./cases/gather.ts";
import { linearCases } from "./cases/linear.ts";

for (const kernelCase of kernelCases) {
  webGpuTest(
    `webgpu: ${kernelCase.name}`,
    (device) => runKernelCase(device, kernelCase),
  );
}

for (const software of [true, false]) {
  const kind = software ? "processors" : "GPUs";
  webGpuTest(`webgpu: the kernels for ${kind}`, async () => {
    const variant = software ? "llvmpipe" : "tiled";
    const options = { software, variant, poison: true } as const;
    using device = await WebGpuDevice.open(options);
    for (const one of [...convBlockCases, ...linearCases]) {
      await explained(one.name, () => runKernelCase(device, one));
    }
  });
}

webGpuTest("webgpu: the kernels where 8 buffers can be bound", async () => {
  const limits = { maxStorageBuffersPerShaderStage: 8 };
  const adapter = await tamperedAdapter({ limits });
  using device = await WebGpuDevice.open({ adapter, poison: true });
  for (const one of [...convBlockCases, ...gatherCases]) {
    await explained(one.name, () => runKernelCase(device, one));
  }
});

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
    device.run(fill, { output: output }, 7);
    const values = await device.read(output.buffer);
    assert(values.every((value) => value === 7));
    device.release(output.buffer);
  },
);

webGpuTest(
  "webgpu: sum: more elements than 65,535 passes reach",
  async (device) => {
    const length = 17_000_000;
    const x = { buffer: device.allocate("f32", length) };
    const output = { buffer: device.allocate("f32", 1) };
    device.run(fill, { output: x }, 1);
    device.run(sumKernels.forward, { x, axes: null, output }, { factor: 1 });
    assertEquals(await device.read(output.buffer), Float32Array.of(length));
    device.release(x.buffer);
    device.release(output.buffer);
  },
);

webGpuTest(
  "webgpu: sumOfSquares: a loop too long for a processor",
  async () => {
    using device = await WebGpuDevice.open({ software: true });
    const x = { buffer: device.allocate("f32", 17_000_000) };
    const output = { buffer: device.allocate("f32", 1) };
    assertThrows(
      () => device.run(sumOfSquares, { x, output }),
      DeviceError,
      "sumOfSquares on so long an input",
    );
  },
);

webGpuTest("webgpu: a loop too long for a processor is refused", async () => {
  using device = await WebGpuDevice.open({ software: true });
  const shape = { batch: 600_000, inFeatures: 1, outFeatures: 1 };
  const operand = (length: number) => ({
    buffer: device.allocate("f32", length),
  });
  const [x, gradOutput] = [operand(shape.batch), operand(shape.batch)];
  const given = { gradOutput, x, weight: operand(1) };
  const wanted = { gradX: null, gradWeight: operand(1), gradBias: null };
  assertThrows(
    () => device.run(linearGradient, { ...given, ...wanted }, shape),
    DeviceError,
    "linearWeightGradient on so long an input",
  );
});
