import { assert, assertEquals } from "@std/assert";
import { tidy } from "../src/core/scope.ts";
import { Tape } from "../src/core/tape.ts";
import { Tensor } from "../src/core/tensor.ts";
import { WebGpuDevice } from "../src/devices/webgpu/webgpu_device.ts";
import { ConvolutionalNeuralNetwork } from "../src/models/mod.ts";
import { mul, relu, scale, sum } from "../src/ops/mod.ts";
import { deviceTest } from "./_devices.ts";

const mebibyte = 2 ** 20;

/** What the loop in use, and what the collector has not found yet, may take. */
const allowed = 96 * mebibyte;

/** Runs a function many times, and returns by how many bytes memory grew. */
async function growth(
  { counters }: { readonly counters: { readonly bytes: number } },
  passes: number,
  step: () => Promise<void>,
): Promise<number> {
  for (let pass = 0; pass < 3; pass++) await step();
  const { bytes } = counters;
  for (let pass = 3; pass < passes; pass++) await step();
  return counters.bytes - bytes;
}

deviceTest("a plain loop of forward and data() is flat", async (given) => {
  // Not the implementation that a run of the tests may force: it takes minutes
  // by `direct`, and memory does not depend on it.
  using own = given.kind === "webgpu"
    ? await WebGpuDevice.open({ poison: true })
    : null;
  const device = own ?? given;
  const model = new ConvolutionalNeuralNetwork().to(device, { seed: 0 }).eval();
  const pixels = new Float32Array(32 * 784).fill(0.5);
  const first = model.forward(Tensor.from(device, pixels, [32, 1, 28, 28]));
  const expected = await first.data();
  const grown = await growth(device, 300, async () => {
    const x = Tensor.from(device, pixels, [32, 1, 28, 28]);
    assertEquals(await model.forward(x).data(), expected);
  });
  assert(grown < allowed, `grew by ${grown} bytes`);
});

deviceTest("what tidy() returns is collected", async (device) => {
  const x = Tensor.from(device, new Float32Array(mebibyte).fill(-1), [
    mebibyte,
  ]);
  const grown = await growth(device, 60, async () => {
    const y = tidy(() => relu(x));
    await sum(y).data();
  });
  assert(grown < allowed, `grew by ${grown} bytes`);
});

deviceTest("what outlives a tape is collected", async (device) => {
  const x = Tensor.from(device, new Float32Array(mebibyte), [mebibyte], {
    requiresGrad: true,
  });
  const squares = () => {
    using tape = new Tape();
    return tape.keep(mul(x, x));
  };
  const grown = await growth(device, 60, async () => {
    await sum(squares()).data();
  });
  assert(grown < allowed, `grew by ${grown} bytes`);
});

deviceTest("the memory of what is reachable stays", async (device) => {
  const kept = Tensor.from(device, new Float32Array([1, 2, 3]), [3]);
  const view = () => scale(kept, 2).reshape([3, 1]);
  const part = (of: number) =>
    Tensor.from(device, new Float32Array(64).fill(of), [64]).part(16, [2]);
  const [doubled, fives] = [view(), part(5)];
  const big = Tensor.from(device, new Float32Array(mebibyte), [mebibyte]);
  for (let pass = 0; pass < 60; pass++) {
    await scale(big, pass).data();
    part(pass);
    view();
  }
  assertEquals(await doubled.data(), new Float32Array([2, 4, 6]));
  assertEquals(await fives.data(), new Float32Array([5, 5]));
});
