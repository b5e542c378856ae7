import { assert, assertEquals } from "@std/assert";
import {
  conv2dForward,
  conv2dInputGradient,
  conv2dWeightGradient,
} from "../../kernels/conv2d/conv2d.ts";
import { variants } from "../../kernels/kernel.ts";
import { WebGpuDevice } from "../../src/devices/webgpu/webgpu_device.ts";
import { webGpuTest } from "../_webgpu.ts";
import * as reference from "../reference.ts";
import { runKernelCase } from "./cases.ts";
import { conv2d } from "../reference/_operations.ts";
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
      device.run(conv2dForward, {
        x: operand(x),
        weight: operand(weight),
        bias: null,
        output,
      }, shape);
      const values = await device.read(output.buffer);
      const expected = conv2d(shape).forward({ x, weight });
      assertEquals(
        Array.from(values, Number.isFinite),
        Array.from(expected, Number.isFinite),
      );
      assert(values.some((value) => !Number.isFinite(value)));
    },
  );
}

const plain = reference.conv2dShape(20, 2, 5, [6, 6], {
  kernel: [3, 3],
  padding: [1, 1],
});

/** Runs the convolution and its gradients; gives results and dispatches. */
async function results(device: WebGpuDevice) {
  const given = (length: number, seed: number) => {
    const buffer = device.allocate("f32", length);
    device.write(buffer, Float32Array.from(random(length, seed)));
    return { buffer };
  };
  const [x, weight, gradOutput] = [
    given(1440, 1),
    given(90, 2),
    given(3600, 3),
  ];
  const [output, gradX, gradWeight] = [3600, 1440, 90].map((length) => ({
    buffer: device.allocate("f32", length),
  }));
  const counts = [device.counters.dispatches];
  const bias = given(5, 4);
  device.run(conv2dForward, { x, weight, bias, output }, plain);
  counts.push(device.counters.dispatches);
  const ofInput = { gradOutput, weight, bias: null, gradX };
  device.run(conv2dInputGradient, ofInput, plain);
  counts.push(device.counters.dispatches);
  device.run(conv2dWeightGradient, { gradOutput, x, gradWeight }, plain);
  counts.push(device.counters.dispatches);
  return {
    dispatches: counts.slice(1).map((count, index) => count - counts[index]),
    output: await device.read(output.buffer),
    gradX: await device.read(gradX.buffer),
    gradWeight: await device.read(gradWeight.buffer),
  };
}

webGpuTest("webgpu: what llvmpipe does not take, tiled does", async () => {
  const told: string[] = [];
  const onVariant = (sentence: string) => told.push(sentence);
  using device = await WebGpuDevice.open({ variant: "llvmpipe", onVariant });
  const operand = (length: number) => ({
    buffer: device.allocate("f32", length),
  });
  const [x, weight, output] = [operand(25), operand(4), operand(4)];
  const shape = reference.conv2dShape(1, 1, 1, [5, 5], {
    kernel: [2, 2],
    dilation: [3, 3],
  });
  device.run(conv2dForward, { x, weight, bias: null, output }, shape);
  assertEquals(told, ["conv2dForward: tiled"]);
});

webGpuTest("webgpu: each variant is other kernels", async () => {
  const counts = [];
  for (const variant of variants) {
    using device = await WebGpuDevice.open({ variant });
    counts.push((await results(device)).dispatches);
  }
  // For llvmpipe images and gradients are packed before.
  assertEquals(counts, [[1, 1, 1], [3, 3, 2], [1, 1, 2]]);
});

webGpuTest(
  "webgpu: tiled and direct add in the same order: the same bits",
  async () => {
    using direct = await WebGpuDevice.open({ variant: "direct" });
    using tiled = await WebGpuDevice.open({ variant: "tiled" });
    const [one, other] = [await results(direct), await results(tiled)];
    assertEquals(one.output, other.output);
    assertEquals(one.gradX, other.gradX);
  },
);

webGpuTest("webgpu: the gradient in parts repeats bit for bit", async () => {
  using device = await WebGpuDevice.open({ variant: "tiled" });
  const [one, other] = [await results(device), await results(device)];
  assertEquals(one.gradWeight, other.gradWeight);
});
