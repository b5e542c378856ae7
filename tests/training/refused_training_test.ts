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
import { evaluate, train } from "../../src/training/mod.ts";
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
