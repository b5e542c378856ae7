import {
  assert,
  assertEquals,
  assertNotEquals,
  assertRejects,
} from "@std/assert";
import { join } from "@std/path";
import { StateDictError } from "../../src/base/errors.ts";
import { TensorDataset } from "../../src/data/tensor_dataset.ts";
import { CpuDevice } from "../../src/devices/cpu/cpu_device.ts";
import { Linear } from "../../src/nn/linear.ts";
import type { Device } from "../../src/devices/device.ts";
import type { HostTensor } from "../../src/formats/safetensors.ts";
import { readWeights, writeWeights } from "../../src/formats/mod.ts";
import type { Module } from "../../src/nn/mod.ts";
import { train, Trainer, type TrainOptions } from "../../src/training/mod.ts";
import { deviceTest } from "../_devices.ts";
import { goldenPath } from "../formats/_golden_file.ts";
import { temporaryFolder } from "../temporary_folder.ts";
import { rowsDataset, smallNetwork, smallTraining } from "./_task.ts";
import { needs } from "../permissions.ts";

needs(import.meta.url, "read", "write");

function task(device: Device, options: TrainOptions): TrainOptions {
  return smallTraining(device, { batchSize: 8, ...options });
}

/** The weights of a small network after an epoch, in a file. */
async function trained(device: Device, folder: string): Promise<string> {
  const { model } = await train(task(device, { epochs: 1, seed: 9 }));
  const path = join(folder, "trained.safetensors");
  await writeWeights(path, { tensors: await model.stateDict() });
  return path;
}

type Weights = ReadonlyMap<string, HostTensor>;

/** The names whose elements differ. */
function changed(before: Weights, after: Weights): string[] {
  assertEquals([...after.keys()], [...before.keys()]);
  return [...after.keys()].filter((name) =>
    String(after.get(name)!.data) !== String(before.get(name)!.data)
  );
}

deviceTest(
  "init gives the weights, freeze keeps some bit for bit",
  async (device) => {
    await using folder = await temporaryFolder();
    const init = await trained(device, folder.path);
    const { tensors } = await readWeights(init);
    using opened = await Trainer.open(task(device, { init }));
    assertEquals(await opened.model.stateDict(), tensors);

    // All that may move a parameter, or a running statistic.
    const options: TrainOptions = {
      init,
      freeze: ["0", "1"],
      epochs: 2,
      optimizer: "adamw",
      weightDecay: 0.1,
      emaDecay: 0.9,
      clipGradNorm: 1,
    };
    const { model, settings } = await train(task(device, options));
    const moved = changed(tensors, await model.stateDict());
    assertEquals(moved, ["5.weight", "5.bias"]);
    assertEquals(settings.freeze, ["0", "1"]);
    const part = await train(task(device, { ...options, freeze: ["0.bias"] }));
    assertEquals(
      changed(tensors, await part.model.stateDict()),
      [...tensors.keys()].filter((name) => name !== "0.bias"),
    );
  },
);

deviceTest("the model is thawed when the training ends", async (device) => {
  const model = smallNetwork();
  model.modules().at(-1)!.parameters()[1].requiresGrad_(false);
  const wanted = (model: Module) =>
    model.parameters().map(({ requiresGrad }) => requiresGrad);
  const before = wanted(model);
  const during: boolean[][] = [];
  await train(task(device, {
    model,
    freeze: ["0"],
    epochs: 1,
    onEpoch: () => void during.push(wanted(model)),
  }));
  assertEquals(during, [[false, false, true, true, true, false]]);
  assertEquals(wanted(model), before);
});

Deno.test("no kernel runs for the gradient of what is frozen", async () => {
  const kernels = async (freeze: readonly string[]) => {
    using device = CpuDevice.open({ threads: 1, profile: true });
    await train(task(device, { freeze, epochs: 1 }));
    await device.settle();
    return new Set(device.profile!.runs.map(({ name }) => name));
  };
  const gradient = /conv2d.*Gradient|batchNorm2d.*Gradient/;
  const all = [...await kernels([])];
  assert(all.some((name) => gradient.test(name)), String(all));
  const left = [...await kernels(["0", "1"])];
  assertEquals(left.filter((name) => gradient.test(name)), []);
  assert(left.includes("linearWeightGradient"));
});

deviceTest(
  "a layer that learns before a frozen one gets its gradient",
  async (device) => {
    await using folder = await temporaryFolder();
    const init = await trained(device, folder.path);
    const { tensors } = await readWeights(init);
    const freeze = ["1", "5"];
    const { model } = await train(task(device, { init, freeze, epochs: 1 }));
    assertEquals(
      changed(tensors, await model.stateDict()),
      ["0.weight", "0.bias"],
    );
  },
);

deviceTest(
  "what is frozen is frozen when a checkpoint goes on",
  async (device) => {
    await using folder = await temporaryFolder();
    const init = await trained(device, folder.path);
    const [whole, parts] = ["whole", "parts"].map((name) =>
      join(folder.path, `${name}.safetensors`)
    );
    const options: TrainOptions = {
      init,
      freeze: ["0", "1"],
      reset: ["5"],
      epochs: 2,
      emaDecay: 0.9,
    };
    await train(task(device, { ...options, checkpoint: whole }));
    const controller = new AbortController();
    const { signal } = controller;
    const onStep = ({ epoch, step }: { epoch: number; step: number }) =>
      epoch === 2 && step === 3 && controller.abort();
    await assertRejects(() =>
      train(task(device, { ...options, checkpoint: parts, onStep, signal }))
    );
    await train(
      task(device, { resume: parts, checkpoint: parts, batchSize: undefined }),
    );
    assertEquals(await Deno.readFile(parts), await Deno.readFile(whole));
    await assertRejects(
      () => train(task(device, { resume: parts, freeze: ["0"] })),
      RangeError,
      'train: freeze of a training that goes on: expected ["0","1"], as in its',
    );
    await assertRejects(
      () => train(task(device, { resume: parts, init })),
      RangeError,
      "train: init: expected none in a training that goes on",
    );
  },
);

Deno.test("a training that is refused leaves the model as it was", async () => {
  using device = CpuDevice.open({ threads: 1 });
  const model = smallNetwork();
  const options = { freeze: ["0"], epochs: 1, model };
  for (const wrong of [{ readEvery: 0 }, { augment: { elastic: 1e3 } }]) {
    await assertRejects(
      () => Trainer.open(task(device, { ...options, ...wrong })),
      RangeError,
    );
    assertEquals(
      model.parameters().every(({ requiresGrad }) => requiresGrad),
      true,
      JSON.stringify(wrong),
    );
  }
});

Deno.test("the device that a refused training has opened is closed", async () => {
  const { prototype } = CpuDevice;
  const dispose = prototype[Symbol.dispose];
  const closed: Device[] = [];
  prototype[Symbol.dispose] = function () {
    closed.push(this);
    dispose.call(this);
  };
  try {
    using own = CpuDevice.open({ threads: 1 });
    for (const device of [own, undefined]) {
      const options = { ...task(own, {}), device, readEvery: 0 };
      await assertRejects(() => Trainer.open(options), RangeError, "readEvery");
      assertEquals(closed.length, device === own ? 0 : 1);
    }
  } finally {
    prototype[Symbol.dispose] = dispose;
  }
});

Deno.test("the parts of a network that is one layer are its parameters", async () => {
  using device = CpuDevice.open({ threads: 1 });
  const options = { ...task(device, {}), model: new Linear(2, 1) };
  await assertRejects(
    () => train({ ...options, freeze: ["layer9"] }),
    RangeError,
    "train: freeze: expected parts of the network: weight, bias, got layer9.",
  );
});

Deno.test("parts that are not there are named, with those that are", async () => {
  using device = CpuDevice.open({ threads: 1 });
  const { model: _, ...others } = task(device, {});
  for (
    const [options, message] of [
      [
        { freeze: ["layr1"] },
        "train: freeze: expected parts of the network: layer1, layer1.0, " +
        "layer1.1, layer1.2, layer1.3, layer2, layer2.0, layer2.1, layer2.2, " +
        "layer2.3, fc, got layr1. Help: Did you mean layer1?",
      ],
      [{ freeze: ["fc.wieght"] }, "Did you mean fc.weight?"],
      [
        { freeze: ["layer1", "layer2", "fc"] },
        "expected a part of the network that is left to train, got all of it",
      ],
      [
        { freeze: [""] },
        'freeze: expected names of parts of the network: layer1, fc, got ""',
      ],
      [{ reset: ["head"], init: "none" }, "cannot read none"],
      [{ reset: ["fc"] }, "reset: expected weights to start from, `init`"],
      [{ key: "ema" }, "key: expected weights to start from, `init`"],
    ] as [TrainOptions, string][]
  ) {
    await assertRejects(() => train({ ...others, ...options }), Error, message);
  }
});

Deno.test("weights of other classes are refused, or leave out the last layer", async () => {
  await using folder = await temporaryFolder();
  using device = CpuDevice.open({ threads: 1 });
  const init = await trained(device, folder.path);
  const { tensors } = await readWeights(init);
  const { inputs, targets } = rowsDataset(40, 3);
  const labels = [...targets.data].map((label, row) => row % 7 ? label : 3);
  const { rowShape } = inputs;
  const data = new TensorDataset(inputs.data, labels, { rowShape, classes: 4 });
  const wide = { testData: data, trainData: data, epochs: 1 };
  const model = () => smallNetwork(4, 4);
  await assertRejects(
    () => train(task(device, { ...wide, init, model: model() })),
    StateDictError,
    `${init}: 5.weight: expected the shape [4, 144], for these images and ` +
      "classes, got [3, 144]. Help: --reset 5 leaves out what does not fit",
  );
  const reset = ["5"];
  using opened = await Trainer.open(
    task(device, { ...wide, init, reset, model: model() }),
  );
  const start = await opened.model.stateDict();
  assertEquals(changed(tensors, start), ["5.weight", "5.bias"]);
  assertEquals(start.get("5.weight")?.shape, [4, 144]);
  const typo = { ...wide, init, reset: ["6"], model: model() };
  await assertRejects(() => train(task(device, typo)), RangeError, "reset:");
  await assertRejects(
    () =>
      train(task(device, {
        ...{ ...wide, reset, model: model() },
        init: goldenPath("pytorch_network.pth"),
      })),
    StateDictError,
    "pytorch_network.pth: 0.weight: expected weights, got none",
  );
});

Deno.test("network, normalisation and key are those of the file", async () => {
  await using folder = await temporaryFolder();
  using device = CpuDevice.open({ threads: 1 });
  const digits = (seed: number) => {
    const { data } = rowsDataset(20, seed).targets;
    const pixels = Float32Array.from({ length: 20 * 784 }, (_, i) => i % 5 / 5);
    const options = { rowShape: [1, 28, 28], classes: 10 };
    return new TensorDataset(pixels, [...data], options);
  };
  const common: TrainOptions = {
    device,
    trainData: digits(1),
    testData: digits(2),
    epochs: 1,
    batchSize: 10,
  };
  using mlp = await Trainer.open({
    ...common,
    network: "mlp",
    normalize: [0.2, 0.5],
  });
  const { metadata, model } = mlp;
  const own = [...await model.stateDict()];
  const tensors = new Map([
    ...own.map(([name, tensor]) => [`model.${name}`, tensor] as const),
    ...own.map(([name, tensor]) =>
      [`ema.${name}`, { ...tensor, data: tensor.data.slice() }] as [
        string,
        HostTensor,
      ]
    ),
  ]);
  tensors.get("ema.fc1.bias")!.data[0] = 7;
  const init = join(folder.path, "both.safetensors");
  await writeWeights(init, { metadata, tensors });
  await assertRejects(
    () => train({ ...common, init }),
    StateDictError,
    "got model, ema. Help: Choose one",
  );
  using tuned = await Trainer.open({ ...common, init, key: "ema" });
  assertEquals(tuned.settings.network, "mlp");
  assertEquals(tuned.settings.normalize, [0.2, 0.5]);
  const weights = await tuned.model.stateDict();
  assertEquals(weights.get("fc1.bias")!.data[0], 7);
  assertNotEquals(own[1][1].data[0], 7);
  using plain = await Trainer.open({
    ...{ ...common, init, key: "ema", normalize: [] },
  });
  assertEquals(plain.settings.normalize, []);
});

Deno.test("PyTorch's .pth is a beginning too", async () => {
  using device = CpuDevice.open({ threads: 1 });
  const init = goldenPath("pytorch_network.pth");
  const { inputs, targets } = rowsDataset(12, 1);
  const pixels = new Float32Array(12 * 784);
  pixels.set(inputs.data);
  const rows = { rowShape: [1, 28, 28], classes: 10 };
  const data = new TensorDataset(pixels, [...targets.data], rows);
  const freeze = ["layer1"];
  const { model } = await train({
    ...{ device, init, freeze, trainData: data, testData: data, epochs: 1 },
  });
  const moved = changed(
    (await readWeights(init)).tensors,
    await model.stateDict(),
  );
  assertEquals(moved.filter((name) => name.startsWith("layer1")), []);
  assert(moved.includes("layer2.0.weight") && moved.includes("fc.bias"));
});
