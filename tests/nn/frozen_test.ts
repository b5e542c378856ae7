import { assert, assertEquals, assertThrows } from "@std/assert";
import { capture } from "../../src/core/capture.ts";
import { Tape } from "../../src/core/tape.ts";
import { Tensor } from "../../src/core/tensor.ts";
import { CpuDevice } from "../../src/devices/cpu/cpu_device.ts";
import type { Device } from "../../src/devices/device.ts";
import {
  BatchNorm2d,
  Conv2d,
  Flatten,
  Linear,
  MaxPool2d,
  type Module,
  Parameter,
  ReLU,
  Sequential,
} from "../../src/nn/mod.ts";
import { sum } from "../../src/ops/mod.ts";
import { SGD } from "../../src/optim/mod.ts";
import { deviceTest } from "../_devices.ts";

/** A block that runs fused, layers that run by themselves, and a head. */
function network() {
  const convolution = new Conv2d(1, 4, { kernelSize: 3, padding: 1 });
  const normalisation = new BatchNorm2d(4);
  const alone = new Conv2d(4, 2, { kernelSize: 3 });
  const head = new Linear(8, 3);
  const model = new Sequential(
    convolution,
    normalisation,
    new ReLU(),
    new MaxPool2d(2),
    new Sequential(alone),
    new Sequential(new BatchNorm2d(2)),
    new Flatten(),
    head,
  );
  return { alone, convolution, head, model, normalisation };
}

type Network = ReturnType<typeof network>;

function images(device: Device): Tensor {
  const values = Float32Array.from({ length: 128 }, (_, i) => Math.sin(7 * i));
  return Tensor.from(device, values, [2, 1, 8, 8]);
}

function step(model: Module, x: Tensor): Tensor {
  using tape = new Tape();
  const y = (model as Sequential).forward(x);
  const loss = sum(y.mul(y)) as Tensor;
  model.zeroGrad();
  tape.backward(loss);
  return loss;
}

async function gradients(
  model: Module,
): Promise<Record<string, Float32Array | null>> {
  const found = [...model.namedParameters()].map(async ([name, { grad }]) =>
    [name, grad && await grad.data()] as const
  );
  return Object.fromEntries(await Promise.all(found));
}

const frozen: [name: string, parts: (network: Network) => Parameters][] = [
  ["a convolution", ({ convolution }) => [convolution]],
  ["a convolution's weight", ({ convolution: { weight } }) => [weight]],
  ["a normalisation", ({ normalisation }) => [normalisation]],
  ["a normalisation's bias", ({ normalisation: { bias } }) => [bias!]],
  ["a block", ({ convolution, normalisation }) => [convolution, normalisation]],
  ["a lone convolution", ({ alone }) => [alone]],
  ["a head's weight", ({ head: { weight } }) => [weight]],
  ["a head's bias", ({ head: { bias } }) => [bias!]],
  ["a head", ({ head }) => [head]],
];

type Parameters = readonly { requiresGrad_(requiresGrad?: boolean): unknown }[];

for (const [name, partsOf] of frozen) {
  deviceTest(
    `${name}, frozen, has no gradient, and others theirs`,
    async (device) => {
      using x = images(device);
      const [whole, part] = [network(), network()];
      whole.model.to(device, { seed: 0 });
      for (const one of partsOf(part)) one.requiresGrad_(false);
      part.model.to(device, { seed: 0 });
      using before = step(whole.model, x);
      using after = step(part.model, x);
      assertEquals(await after.data(), await before.data());
      const expected = await gradients(whole.model);
      for (const [name, parameter] of part.model.namedParameters()) {
        if (!parameter.requiresGrad) expected[name] = null;
      }
      assert(Object.values(expected).includes(null));
      assertEquals(await gradients(part.model), expected);
    },
  );
}

/** The kernels of a step, by how often they ran. */
async function kernelsOf(prepare: (network: Network) => void) {
  using device = CpuDevice.open({ profile: true });
  using x = images(device);
  const made = network();
  made.model.to(device, { seed: 0 });
  prepare(made);
  step(made.model, x);
  await device.settle();
  const counts = new Map<string, number>();
  for (const { name } of device.profile!.runs) {
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

/** How much less often kernels ran in a step of a network with frozen parts. */
async function savedBy(prepare: (network: Network) => void) {
  const all = await kernelsOf(() => {});
  const some = await kernelsOf(prepare);
  const saved: Record<string, number> = {};
  for (const [name, count] of all) {
    const less = count - (some.get(name) ?? 0);
    if (less !== 0) saved[name] = less;
  }
  for (const name of some.keys()) assert(all.has(name), name);
  return saved;
}

Deno.test("no kernel runs for a gradient that nobody wants", async () => {
  assertEquals(
    await savedBy(({ head }) => head.weight.requiresGrad_(false)),
    { linearWeightGradient: 1 },
  );
  assertEquals(
    await savedBy(({ convolution }) => convolution.requiresGrad_(false)),
    {
      convBlockGradConvolved: 1,
      conv2dWeightGradient: 1,
      conv2dWeightGradientSum: 1,
      fill: 1,
    },
  );
  assertEquals(
    await savedBy(({ alone }) => alone.requiresGrad_(false)),
    {
      conv2dWeightGradient: 1,
      conv2dWeightGradientSum: 1,
      channelSum: 1,
    },
  );
  // The gradients of all that comes before the first thawed layer too.
  const saved = await savedBy(({ head, model }) => {
    model.requiresGrad_(false);
    head.requiresGrad_();
  });
  assertEquals(saved.linearInputGradient, 1);
  const left = await kernelsOf(({ head, model }) => {
    model.requiresGrad_(false);
    head.requiresGrad_();
  });
  assertEquals(
    [...left.keys()].filter((name) => /gradient/i.test(name)),
    [
      "sumGradient",
      "mulLeftGradient",
      "mulRightGradient",
      "linearWeightGradient",
    ],
  );
});

deviceTest("a captured step guards on what is frozen", async (device) => {
  using x = images(device);
  const { head, model } = network();
  model.to(device, { seed: 0 });
  let runs = 0;
  using run = capture(device, (x: Tensor) => {
    runs++;
    return step(model, x);
  });
  const dispatches = () => {
    const { dispatches } = device.counters;
    run(x);
    return device.counters.dispatches - dispatches;
  };
  run(x);
  const whole = dispatches();
  model.requiresGrad_(false);
  head.requiresGrad_();
  run(x);
  assertEquals(runs, 2);
  const less = dispatches();
  assert(less < whole, `${less} kernels instead of ${whole}`);
  model.requiresGrad_();
  assertEquals(dispatches(), whole);
  assertEquals(runs, 2);
  assertEquals((await gradients(model))["0.weight"]?.length, 36);
});

deviceTest(
  "an optimizer leaves frozen parameters as they are",
  async (device) => {
    using x = images(device);
    const { convolution, head, model } = network();
    model.to(device, { seed: 0 });
    convolution.requiresGrad_(false);
    const optimizer = new SGD(model.parameters(), { lr: 0.1 });
    const before = await model.stateDict();
    step(model, x);
    optimizer.step();
    const after = await model.stateDict();
    const moved = [...after.keys()].filter((name) =>
      !/running|num_batches/.test(name) &&
      String(after.get(name)!.data) !== String(before.get(name)!.data)
    );
    assert(moved.includes("7.weight"));
    assertEquals(moved.filter((name) => name.startsWith("0.")), []);
    assertEquals(head.weight.requiresGrad, true);
  },
);

Deno.test("a model that is frozen as a whole has no gradients to go back to", () => {
  using device = CpuDevice.open();
  using x = images(device);
  const { model } = network();
  model.to(device).requiresGrad_(false);
  assertThrows(
    () => step(model, x),
    TypeError,
    "nothing with requiresGrad was used",
  );
});

deviceTest(
  "parameters that are frozen after the forward pass have none",
  (device) => {
    using x = Tensor.from(device, [1, 2], [1, 2]);
    const layer = new Linear(2, 2).to(device);
    const last = new Linear(2, 1).to(device);
    using tape = new Tape();
    const loss = sum(last.forward(layer.forward(x)));
    layer.requiresGrad_(false);
    tape.backward(loss);
    assertEquals(layer.weight.grad, null);
    assertEquals(last.weight.grad?.shape, [1, 2]);
  },
);

Deno.test("a frozen parameter says so, and stays so on its device", async () => {
  using device = CpuDevice.open();
  using other = CpuDevice.open({ threads: 1 });
  const parameter = new Parameter([2], () => {}).requiresGrad_(false);
  assertEquals(parameter.requiresGrad, false);
  assertEquals(
    String(parameter),
    "Parameter([2], f32, on no device yet, requiresGrad: false)",
  );
  const layer = new Linear(2, 1).requiresGrad_(false).to(device);
  assertEquals(layer.weight.tensor.requiresGrad, false);
  layer.weight.requiresGrad = true;
  assertEquals(layer.weight.tensor.requiresGrad, true);
  await layer.moveTo(other);
  assertEquals(layer.weight.requiresGrad, true);
  assertEquals(layer.bias!.requiresGrad, false);
});
