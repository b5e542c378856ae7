/** Trainings that cannot begin, each refused for its own reason. */
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { join } from "@std/path";
import { DataError, DeviceError, FormatError } from "../../src/base/errors.ts";
import { setDefaultDevice } from "../../src/core/default_device.ts";
import { CpuDevice } from "../../src/devices/cpu/cpu_device.ts";
import {
  readSafetensors,
  writeSafetensors,
} from "../../src/formats/safetensors.ts";
import type { HostTensor } from "../../src/formats/safetensors.ts";
import { checkFinite } from "../../src/training/finite.ts";
import type { Tensor } from "../../src/core/tensor.ts";
import { Linear, Module } from "../../src/nn/mod.ts";
import { evaluate, metrics, predict, train } from "../../src/training/mod.ts";
import { testWith } from "../permissions.ts";
import { temporaryFolder } from "../temporary_folder.ts";
import { rowsDataset, smallNetwork, smallTraining } from "./_task.ts";

const fileTest = testWith("read", "write");

const settings = { batchSize: 10, epochs: 1, seed: 3 };

fileTest("a checkpoint without a part of its state is refused", async () => {
  await using folder = await temporaryFolder();
  using device = CpuDevice.open({ threads: 1 });
  const path = join(folder.path, "run.safetensors");
  await train(smallTraining(device, { ...settings, checkpoint: path }));
  const { metadata, tensors } = await readSafetensors(path);
  const { checksum: _, ...others } = metadata;
  for (const part of ["sums", "batch", "order", "draws."]) {
    const names = [...tensors.keys()].filter((name) =>
      name.startsWith(`trainer.${part}`)
    );
    assertEquals(names.length, 1, `${[...tensors.keys()]}`);
    const [missing] = names;
    const kept = [...tensors].filter(([name]) => name !== missing);
    await writeSafetensors(path, new Map(kept), others);
    const name = missing.replace(/^trainer\.(draws\.)?/, "");
    await assertRejects(
      () => train(smallTraining(device, { resume: path, epochs: 2 })),
      FormatError,
      `checkpoint: expected a tensor "${name}" of the training's state, ` +
        "got none. Help: Give the file that",
    );
  }
});

Deno.test("a checkpoint after no epoch is refused", async () => {
  using device = CpuDevice.open({ threads: 1 });
  for (const checkpointEvery of [0, 1.5, -1]) {
    const options = { ...settings, checkpointEvery };
    await assertRejects(
      () => train(smallTraining(device, options)),
      RangeError,
      "train: checkpointEvery: expected a whole number of at least 1, got " +
        `${checkpointEvery}. Help: Leave it out for a checkpoint after every`,
    );
  }
});

Deno.test("weights that are no numbers are refused, by name and place", () => {
  const tensor = (...values: readonly number[]): HostTensor => ({
    ...{ dtype: "F32", shape: [values.length] },
    data: Float32Array.from(values),
  });
  const whole: HostTensor = {
    ...{ dtype: "I32", shape: [1], data: Int32Array.of(1) },
  };
  checkFinite(new Map([["a", tensor(1, -2)], ["b", whole]]), "a.safetensors");
  assertThrows(
    () =>
      checkFinite(
        new Map([["b", whole], ["fc.bias", tensor(0, -Infinity, NaN)]]),
        "a.safetensors",
      ),
    DataError,
    "a.safetensors: fc.bias: expected finite numbers, got -Infinity at " +
      "element 1. Help: Train anew with a smaller --lr",
  );
});

Deno.test("what is given no device takes the default one, and wants one", async () => {
  using device = CpuDevice.open({ threads: 1 });
  const model = smallNetwork().to(device, { seed: 1 });
  const data = rowsDataset(12, 2);
  await assertRejects(
    () => evaluate(model, data),
    DeviceError,
    "evaluate: expected a device, got none, and there is no default device",
  );
  setDefaultDevice(device);
  try {
    const metrics = await evaluate(model, data);
    assertEquals(metrics, await evaluate(device, model, data));
  } finally {
    setDefaultDevice(null);
  }
});

Deno.test("what types would refuse is named where types are not checked", async () => {
  using device = CpuDevice.open({ threads: 1 });
  const cases: [options: Record<string, unknown>, message: string][] = [
    [
      { model: Linear },
      "train: model: expected a Module, got the function Linear. Help: Extend",
    ],
    [
      { loss: "mse" },
      'loss: expected a function of output and targets, or a module, got "mse"',
    ],
    [
      { loss: () => 1 },
      "loss of a batch: expected a tensor of one number, got 1. Help: Return",
    ],
    [
      { loss: () => {} },
      "loss of a batch: expected a tensor of one number, got nothing. Help: ",
    ],
    [
      { loss: (x: Tensor) => Promise.resolve(x) },
      "expected a tensor of one number, got an object, Promise. Help: Return",
    ],
    [
      { metrics: [metrics.topK] },
      "metrics: expected metrics, with sums and value, got the function topK",
    ],
    [
      { testData: undefined },
      "train: testData: expected data laid out as the training data, " +
      '{"rowShape":[1,6,6],"targetShape":[],"classes":3}, got none, for which ' +
      'MNIST stands, {"rowShape":[1,28,28],"targetShape":[],"classes":10}. ' +
      "Help: Give testData, or valFraction to hold out rows.",
    ],
  ];
  for (const [options, message] of cases) {
    await assertRejects(
      () => train({ ...smallTraining(device, settings), ...options }),
      TypeError,
      message,
    );
  }
  class Forgets extends Module {
    override forward(_x: Tensor): void {}
  }
  await assertRejects(
    () => evaluate(device, new Forgets() as never, rowsDataset(10, 1)),
    TypeError,
    "crossEntropy: logits: expected f32 elements, got what is no tensor",
  );
  const forward = (x: Tensor) => x;
  await assertRejects(
    () => evaluate(device, forward as never, rowsDataset(10, 1)),
    TypeError,
    "evaluate: model: expected a Module, got the function forward. Help: ",
  );
  await assertRejects(
    () => predict(device, forward as never, rowsDataset(10, 1)),
    TypeError,
    "predict: model: expected a Module, got the function forward. Help: ",
  );
});
