import { assertEquals } from "@std/assert";
import { capture } from "../src/core/capture.ts";
import { RandomGenerator } from "../src/core/random.ts";
import type { Device } from "../src/devices/device.ts";
import { ConvolutionalNeuralNetwork } from "../src/models/convolutional_neural_network.ts";
import type { Module } from "../src/nn/mod.ts";
import { crossEntropy } from "../src/ops/mod.ts";
import { Adam, SGD } from "../src/optim/mod.ts";
import { Scope } from "../src/core/scope.ts";
import { Tape } from "../src/core/tape.ts";
import { type Shape, Tensor } from "../src/core/tensor.ts";
import { deviceTest, everyVariantTest } from "./_devices.ts";
import { assertClose } from "./close.ts";
import { Golden } from "./golden.ts";
import {
  assertStep,
  batchOf,
  firstStep,
  type Inputs,
  networkOn,
  noise,
  stateOf,
} from "./golden_network.ts";
import { isPermitted, needs } from "./permissions.ts";

needs(import.meta.url, "read");

const network = await Golden.read("network");
const adam = await Golden.read("adam");
const initialisation = await Golden.read("initialisation");
const optimizers = await Golden.read("optimizers");
const text = isPermitted("read")
  ? JSON.parse(
    await Deno.readTextFile(
      new URL("./golden/model_text.json", import.meta.url),
    ),
  )
  : {};

/** Worst measured: 4.4e-5 absolute, as far as f32 is from f64. */
const OPTIMIZER_TOLERANCE = { atol: 2e-4, rtol: 1e-4 };

everyVariantTest(
  "the network has PyTorch's loss, gradients and statistics",
  async (device) => {
    const model = networkOn(device, network);
    assertStep(await firstStep(model, device, network), network);
    const state = await model.stateDict();
    // Worst measured: 5e-7.
    const tolerance = { atol: 1e-5, rtol: 1e-5 };
    for (const [name, expected] of Object.entries(network.group("buffer."))) {
      const actual = Array.from(state.get(name)!.data, Number);
      assertClose(actual, expected, tolerance, name);
    }
  },
);

deviceTest("evaluation has PyTorch's logits", async (device) => {
  const model = networkOn(device, network);
  using _scope = new Scope();
  const [images] = batchOf(device, network);
  model.forward(images);
  const logits = await model.eval().forward(images).data();
  const expected = network.numbers("eval.logits");
  assertClose(logits, expected, { atol: 1e-4, rtol: 1e-4 }, "logits");
});

deviceTest(
  "a captured prediction has the weights of the last step, captured too",
  async (device) => {
    const model = networkOn(device, network);
    using _scope = new Scope();
    const [images, labels] = batchOf(device, network);
    const optimizer = new Adam(model.parameters(), { lr: 0.01 });
    using step = capture(device, (x: Tensor) => {
      using tape = new Tape();
      const loss = crossEntropy(model.forward(x), labels);
      optimizer.zeroGrad();
      tape.backward(loss);
      optimizer.step();
    });
    using predict = capture(device, (x: Tensor) => model.forward(x));
    for (let round = 0; round < 3; round++) {
      model.train();
      step(images);
      model.eval();
      const expected = await model.forward(images).data();
      const logits = await predict(images).data();
      assertClose(
        logits,
        expected,
        { atol: 1e-4, rtol: 1e-4 },
        `step ${round}`,
      );
    }
  },
);

function batchesOf(device: Device, golden: Golden): Inputs[] {
  const { shape } = golden.tensor("images");
  const [steps, batch] = shape;
  const pixels = golden.numbers("images");
  const labels = golden.integers("labels");
  return Array.from({ length: steps }, (_, step) => {
    const size = batch * 28 * 28;
    const own = pixels.subarray(step * size, (step + 1) * size);
    const images = Float32Array.from(own, (value) => Math.fround(value / 255));
    const ownLabels = labels.slice(step * batch, (step + 1) * batch);
    return [
      Tensor.from(device, images, [batch, 1, 28, 28]),
      Tensor.from(device, ownLabels, [batch]),
    ];
  });
}

type Update = { zeroGrad(): void; step(): void };

function trainingStep(model: ConvolutionalNeuralNetwork, optimizer: Update) {
  return (images: Tensor, labels: Tensor<Shape, "i32">) => {
    using tape = new Tape();
    const loss = crossEntropy(model.forward(images), labels);
    optimizer.zeroGrad();
    tape.backward(loss);
    optimizer.step();
    return loss;
  };
}

everyVariantTest("ten captured steps of Adam are PyTorch's", async (device) => {
  const model = networkOn(device, network);
  const optimizer = new Adam(model.parameters(), { lr: 0.01 });
  using step = capture(device, trainingStep(model, optimizer));
  const losses: number[] = [];
  for (const [images, labels] of batchesOf(device, adam)) {
    losses.push(await step(images, labels).item());
  }
  const expected = adam.numbers("losses");
  assertClose(losses, expected, { atol: 1e-4, rtol: 1e-4 }, "losses");
  await assertState(model, adam);
});

const others: [run: string, make: (model: Module) => Adam | SGD][] = [
  ["sgd", (model) =>
    new SGD(model.parameters(), {
      lr: 0.01,
      momentum: 0.9,
      weightDecay: 1e-4,
    })],
  ["sgd_nesterov", (model) =>
    new SGD(model.parameters(), {
      lr: 0.001,
      momentum: 0.9,
      weightDecay: 1e-4,
      nesterov: true,
    })],
  [
    "adam_weight_decay",
    (model) => new Adam(model.parameters(), { lr: 0.01, weightDecay: 0.01 }),
  ],
];
for (const [run, make] of others) {
  deviceTest(`ten steps of ${run} are PyTorch's`, async (device) => {
    const model = networkOn(device, network);
    const optimizer = make(model);
    using step = capture(device, trainingStep(model, optimizer));
    const losses: number[] = [];
    for (const [images, labels] of batchesOf(device, adam)) {
      losses.push(await step(images, labels).item());
    }
    const expected = optimizers.numbers(`${run}.losses`);
    assertClose(losses, expected, OPTIMIZER_TOLERANCE, "losses");
    await assertOptimizer(model, optimizer, run);
  });
}

/** Compares the parameters and the slots that the file keeps. */
async function assertOptimizer(
  model: Module,
  optimizer: Adam | SGD,
  run: string,
): Promise<void> {
  const state = await optimizer.stateDict();
  const names = [...model.namedParameters()].map(([name]) => name);
  for (const [key, expected] of Object.entries(optimizers.group(`${run}.`))) {
    const [slot, ...rest] = key.split(".");
    const name = rest.join(".");
    if (slot === "losses") continue;
    const actual = slot === "state"
      ? (await model.stateDict()).get(name)
      : state.get(`${names.indexOf(name)}.${slot}`);
    const numbers = Float64Array.from(actual!.data, Number);
    assertClose(numbers, expected, OPTIMIZER_TOLERANCE, key);
  }
}

/** Adam makes noise of up to the learning rate a step out of rounding. */
async function assertState(model: Module, golden: Golden): Promise<void> {
  const state = await model.stateDict();
  for (const [name, expected] of Object.entries(golden.group("state."))) {
    const atol = noise.test(name) ? 0.2 : 5e-4;
    const actual = Array.from(state.get(name)!.data, Number);
    assertClose(actual, expected, { atol, rtol: 5e-4 }, name);
  }
}

deviceTest(
  "a captured step repeats the eager step bit for bit",
  async (device) => {
    const states = [];
    for (const captured of [false, true]) {
      const model = networkOn(device, network);
      const optimizer = new SGD(model.parameters(), {
        lr: 0.01,
        momentum: 0.9,
      });
      const eager = trainingStep(model, optimizer);
      using step = capture(device, eager);
      const losses: number[] = [];
      for (const [images, labels] of batchesOf(device, adam).slice(0, 4)) {
        const loss = captured ? step(images, labels) : eager(images, labels);
        losses.push(await loss.item());
      }
      states.push([losses, await model.stateDict()]);
    }
    assertEquals(states[0], states[1]);
  },
);

deviceTest("a captured step allocates nothing in 100 steps", (device) => {
  const model = networkOn(device, network);
  const optimizer = new Adam(model.parameters());
  using step = capture(device, trainingStep(model, optimizer));
  const [images, labels] = batchOf(device, network);
  step(images, labels);
  const { allocations, bindGroups, bytes } = { ...device.counters };
  for (let count = 0; count < 100; count++) step(images, labels);
  assertEquals(device.counters.allocations, allocations);
  assertEquals(device.counters.bindGroups, bindGroups);
  assertEquals(device.counters.bytes, bytes);
});

deviceTest(
  "first weights are those of torch.manual_seed(1)",
  async (device) => {
    const model = new ConvolutionalNeuralNetwork();
    model.to(device, { generator: new RandomGenerator(1) });
    const state = await model.stateDict();
    const expected = stateOf(initialisation, "1.");
    assertEquals(
      [...state.keys()],
      text.state_dict_keys.ConvolutionalNeuralNetwork,
    );
    for (const [name, tensor] of expected) {
      assertEquals(state.get(name)!.data, tensor.data, name);
    }
  },
);

Deno.test("the network prints as in PyTorch", () => {
  assertEquals(
    String(new ConvolutionalNeuralNetwork()),
    text.models.ConvolutionalNeuralNetwork,
  );
});
