import { assertEquals, assertThrows } from "@std/assert";
import { capture } from "../../src/core/capture.ts";
import { RandomGenerator } from "../../src/core/random.ts";
import { Tensor } from "../../src/core/tensor.ts";
import { CpuDevice } from "../../src/devices/cpu/cpu_device.ts";
import type { Device } from "../../src/devices/device.ts";
import {
  BatchNorm2d,
  Conv2d,
  Dropout,
  Identity,
  Linear,
  Module,
  Sequential,
} from "../../src/nn/mod.ts";
import { deviceTest } from "../_devices.ts";

class Network extends Module {
  features = new Sequential(
    new Conv2d(1, 2, { kernelSize: 3 }),
    new BatchNorm2d(2),
  );
  head = new Linear(2, 3);
  override forward(x: Tensor): Tensor {
    return this.head.forward(this.features.forward(x).flatten(1));
  }
}

const pixels = Float32Array.from({ length: 18 }, (_, i) => Math.sin(i));

function images(device: Device): Tensor {
  return Tensor.from(device, pixels, [2, 1, 3, 3]);
}

deviceTest(
  "to() the device that a model is on changes nothing",
  async (device) => {
    const model = new Network().to(device, { seed: 0 });
    const { arena } = model.head.weight;
    const state = await model.stateDict();
    assertEquals(model.to(device), model);
    model.to(device, { generator: new RandomGenerator(5) });
    assertEquals(model.head.weight.arena, arena);
    assertEquals(await model.stateDict(), state);
    assertThrows(
      () => model.to(device, { seed: 1 }),
      TypeError,
      "model.to(device, { seed }): expected a model without values, got one " +
        "that has them. Help: Leave out the seed",
    );
    // One without values has none to keep.
    const plain = new Identity().to(device, { seed: 0 });
    assertEquals(plain.to(device, { seed: 0 }), plain);
  },
);

deviceTest(
  "parts of another model keep their memory in a new one",
  async (device) => {
    const old = new Network().to(device, { seed: 0 });
    const before = await old.features.stateDict();
    const fresh = new Linear(2, 5);
    const model = new Sequential(old.features, new Dropout(), fresh);
    const { arena } = old.head.weight;
    model.to(device, { seed: 3 });
    assertEquals(await old.features.stateDict(), before);
    assertEquals(old.head.weight.arena, arena);
    // The new layer's values are those that it has alone.
    const alone = new Linear(2, 5).to(device, { seed: 3 });
    assertEquals(await fresh.stateDict(), await alone.stateDict());
    assertEquals(fresh.weight.arena.parameters, fresh.parameters());
  },
);

deviceTest("moveTo() another device takes all values there", async (device) => {
  using other = CpuDevice.open({ threads: 1 });
  const model = new Network().to(device, { seed: 0 });
  {
    using x = images(device);
    model.forward(x);
  }
  const state = await model.stateDict();
  const expected = new Network().to(other).eval();
  expected.loadStateDict(state);
  model.eval();
  assertThrows(
    () => model.to(other),
    TypeError,
    "model.to(device): expected the device that the model has its memory on",
  );
  assertEquals(await model.moveTo(other), model);
  assertEquals(await model.stateDict(), state);
  using there = images(other);
  using y = model.forward(there);
  using z = expected.forward(there);
  assertEquals(y.device, other);
  assertEquals(await y.data(), await z.data());
  await model.moveTo(device);
  assertEquals(await model.stateDict(), state);
  using x = images(device);
  assertEquals(model.forward(x).device, device);
});

Deno.test("a model without memory gets it by moveTo()", async () => {
  using device = CpuDevice.open();
  const model = await new Network().moveTo(device);
  assertEquals(model.head.weight.isMaterialized, true);
});

Deno.test("a model on two devices moves to either", async () => {
  using first = CpuDevice.open();
  using second = CpuDevice.open({ threads: 1 });
  const one = new Linear(2, 2).to(first, { seed: 0 });
  const two = new Linear(2, 2).to(second, { seed: 1 });
  const model = new Sequential(one, two, new Linear(2, 2));
  const before = [await one.stateDict(), await two.stateDict()];
  assertThrows(() => model.to(first), TypeError, "moveTo");
  assertEquals(model.modules().length, 4);
  await model.moveTo(second);
  assertEquals([await one.stateDict(), await two.stateDict()], before);
  using x = Tensor.from(second, [1, 2], [1, 2]);
  assertEquals(model.forward(x).shape, [1, 2]);
});

Deno.test("a captured function notices that its model has moved", async () => {
  using first = CpuDevice.open();
  using second = CpuDevice.open({ threads: 1 });
  const model = new Linear(2, 1).to(first);
  using run = capture(first, (x: Tensor) => model.forward(x));
  using x = Tensor.from(first, [1, 2], [1, 2]);
  run(x);
  await model.moveTo(second);
  assertThrows(() => run(x), TypeError, "device");
});

deviceTest("dropout's seeds leave the generator to others", (device) => {
  const draws = [
    new Sequential(new Linear(2, 2)),
    new Sequential(
      new Linear(2, 2),
      new Dropout(),
    ),
  ].map((model) => {
    const generator = new RandomGenerator(0);
    model.to(device, { generator });
    return generator.random();
  });
  assertEquals(draws[0], draws[1]);
});
