import { assertEquals } from "@std/assert";
import { winogradCachedWeights } from "../../kernels/conv2d/winograd/simd.gen.ts";
import { kernel } from "../../kernels/kernel.ts";
import { threadMemory } from "../../kernels/lib/thread_memory.ts";
import { CpuDevice } from "../../src/devices/cpu/cpu_device.ts";
import { Tensor } from "../../src/core/tensor.ts";
import { random } from "./cases/_harness.ts";

/** Channels on both sides, and weights of all kernels of 5×5. */
const channels = 8, weights = channels ** 2 * 25;

/** Floats of the transformed weights, and of all that is kept with them. */
const start = 64 * (channels ** 2 + 16), kept = start + weights + channels;

const cachedWeights = kernel({
  name: "cachedWeights",
  operands: { weight: "read", factor: "read", transformed: "update" },
  reference() {
    throw new Error("WebAssembly alone keeps weights");
  },
  wasm: (operands, _params, cpu) => [
    winogradCachedWeights({
      ...operands,
      outer: channels,
      lanes: channels,
      kernelSide: 5,
      stride: 1,
      outerStep: 25,
      laneStep: channels * 25,
      start,
      ...threadMemory(cpu, 2048),
    }),
  ],
});

Deno.test("kept weights end where their memory does, with a copy of what they are of", async () => {
  using device = CpuDevice.open({ threads: 1 });
  const tensor = (values: ArrayLike<number>) =>
    Tensor.from(device, Float32Array.from(values), [values.length]);
  using weight = tensor(random(weights, 1));
  using factor = tensor(random(channels, 2));
  const more = 64;
  using transformed = tensor(new Float32Array(kept + more).fill(7));
  device.run(cachedWeights, { weight, factor, transformed });
  const found = await transformed.data();
  assertEquals(found.slice(start, start + weights), await weight.data());
  assertEquals(found.slice(start + weights, kept), await factor.data());
  assertEquals(found.slice(kept), new Float32Array(more).fill(7));
});
