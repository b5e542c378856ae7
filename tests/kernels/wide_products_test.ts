import { assertEquals } from "@std/assert";
import { capture, ConvolutionalNeuralNetwork, Tensor } from "../../mod.ts";
import {
  CpuDevice,
  type CpuDeviceOptions,
} from "../../src/devices/cpu/cpu_device.ts";
import { convolutions, linearLayer } from "./_wide_products.ts";

/** Devices of both builds, with every product in the second module if there is one. */
function devices() {
  const split = { threads: 2, poison: true, splitFrom: 0, winogradFrom: 0 };
  const open = (kernels: CpuDeviceOptions["kernels"]) =>
    CpuDevice.open({ kernels, ...split });
  const stack = new DisposableStack();
  const wide = stack.use(open("wide")), relaxed = stack.use(open("relaxed"));
  const assertSameBits = async (
    run: (device: CpuDevice) => Promise<Float32Array[]>,
  ) => assertEquals(await run(wide), await run(relaxed));
  return { assertSameBits, [Symbol.dispose]: () => stack.dispose() };
}

Deno.test("wide products of linear layers: the bits of relaxed ones", async () => {
  using both = devices();
  // Batches and features on both sides of what a tile, a stripe, a pass of 64 steps
  // and a block of 512 rows have.
  for (const batch of [1, 2, 31, 32, 35, 64, 127, 1100]) {
    for (const inFeatures of [15, 32, 33, 79]) {
      for (const outFeatures of [10, 16, 19, 67]) {
        const shape = { batch, inFeatures, outFeatures };
        await both.assertSameBits((device) => linearLayer(device, shape));
      }
    }
  }
});

Deno.test("wide products of convolutions: the bits of relaxed ones", async () => {
  using both = devices();
  for (
    const [inChannels, outChannels] of [[8, 16], [16, 8], [24, 40], [64, 48]]
  ) {
    for (const [batch, side] of [[1, 4], [3, 7], [21, 8], [5, 28]]) {
      await both.assertSameBits((device) =>
        convolutions(device, batch, inChannels, outChannels, side)
      );
    }
  }
});

Deno.test("wide products of captured predictions: the bits of relaxed ones", async () => {
  using both = devices();
  const pixels = Float32Array.from({ length: 784 }, (_, i) => Math.sin(i));
  await both.assertSameBits(async (device) => {
    const model = new ConvolutionalNeuralNetwork().to(device, { seed: 0 });
    model.eval();
    using x = Tensor.from(device, pixels, [1, 1, 28, 28]);
    using predict = capture(device, (x: Tensor) => model.forward(x));
    using logits = predict(x);
    return [await logits.data() as Float32Array];
  });
});

Deno.test("an engine with two memories has wide products", () => {
  using device = CpuDevice.open({ threads: 2, kernels: "wide" });
  assertEquals(device.label, "cpu (2 threads, relaxed SIMD, 256 bits)");
});
