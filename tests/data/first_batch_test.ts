import { assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { mean, mul, SGD, Tape } from "../../mod.ts";
import { type Batch, DataLoader, TensorDataset } from "../../src/data/mod.ts";
import type { Device } from "../../src/devices/device.ts";
import { Linear } from "../../src/nn/mod.ts";
import { Compose, RandomAffine, ToTensor } from "../../src/transforms/mod.ts";
import { deviceTest } from "../_devices.ts";

const pixels = Uint8Array.from({ length: 7 * 16 }, (_, i) => i * 37 % 256);
const images = new TensorDataset(pixels, [0, 1, 2, 3, 4, 5, 6], {
  rowShape: [1, 4, 4],
  classes: 7,
  divisor: 255,
});

const transform = new Compose([
  new RandomAffine({ degrees: 90 }),
  new ToTensor(),
]);

function open(device: Device, seed = 3): DataLoader {
  return new DataLoader(images, {
    device,
    batchSize: 3,
    seed,
    shuffle: true,
    transform,
  });
}

async function valuesOf([inputs, labels]: Batch) {
  return [await inputs.data(), await labels.data()];
}

async function epochOf(loader: DataLoader) {
  const epoch = [];
  for await (const batch of loader) epoch.push(await valuesOf(batch));
  return epoch;
}

deviceTest(
  "first() is the batch the next epoch begins with",
  async (device) => {
    using loader = open(device);
    using same = open(device);
    const batch = loader.first();
    const [inputs, labels] = batch;
    assertEquals(inputs.shape, [3, 1, 4, 4]);
    assertEquals([labels.shape, labels.dtype], [[3], "i32"]);
    const first = await valuesOf(batch);
    assertEquals(await valuesOf(loader.first()), first);
    const epoch = await epochOf(loader);
    assertEquals(epoch[0], first);
    assertEquals(await epochOf(same), epoch);
    // Later batches overwrite the loader's memory, not this one.
    assertEquals(await valuesOf(batch), first);
    assertNotEquals(await valuesOf(loader.first()), first);
  },
);

deviceTest("first() leaves an epoch under way alone", async (device) => {
  using loader = open(device);
  using same = open(device);
  const expected = [await epochOf(same), await epochOf(same)];
  const epoch = [];
  for (const batch of loader) {
    const [inputs] = loader.first();
    epoch.push(await valuesOf(batch));
    assertEquals(await inputs.data(), expected[1][0][0]);
  }
  assertEquals(epoch, expected[0]);
  assertEquals(await epochOf(loader), expected[1]);
});

deviceTest("first() of a resumed epoch is its next batch", async (device) => {
  using loader = open(device);
  for (const _batch of loader) if (loader.state.batch === 2) break;
  using resumed = open(device, 99);
  resumed.state = loader.state;
  const first = await valuesOf(resumed.first());
  assertEquals(first[1].length, 1);
  assertEquals(await epochOf(resumed), [first]);
});

deviceTest("training after first() has the same bits", async (device) => {
  const train = async (looks: boolean) => {
    using loader = open(device);
    const model = new Linear(16, 2).to(device, { seed: 0 });
    const optimizer = new SGD(model.parameters(), { lr: 0.1 });
    for (let epoch = 0; epoch < 2; epoch++) {
      if (looks) loader.first();
      for (const [inputs] of loader) {
        using tape = new Tape();
        const output = model.forward(inputs.flatten(1));
        optimizer.zeroGrad();
        tape.backward(mean(mul(output, output)));
        optimizer.step();
        if (looks) loader.first();
      }
    }
    return { model: await model.stateDict(), state: loader.state };
  };
  assertEquals(await train(true), await train(false));
});

deviceTest("first() refuses an epoch of no batch", (device) => {
  using loader = new DataLoader(images, {
    device,
    batchSize: 8,
    dropLast: true,
  });
  assertThrows(() => loader.first(), RangeError, "Help: Make the batch");
});
