/** Trainings that cannot begin or go on, and where they take place. */
import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { DataError, FormatError } from "../../src/base/errors.ts";
import { setDefaultDevice } from "../../src/core/default_device.ts";
import { CpuDevice } from "../../src/devices/cpu/cpu_device.ts";
import {
  readSafetensors,
  writeSafetensors,
} from "../../src/formats/safetensors.ts";
import { evaluate, readCourse, train } from "../../src/training/mod.ts";
import { needs } from "../permissions.ts";
import { temporaryFolder } from "../temporary_folder.ts";
import { rowsDataset, smallNetwork, smallTraining } from "./_task.ts";

needs(import.meta.url, "read", "write");

Deno.test("epochs between checkpoints are a whole number", async () => {
  using device = CpuDevice.open({ threads: 1 });
  for (const checkpointEvery of [0, 1.5]) {
    await assertRejects(
      () => train(smallTraining(device, { epochs: 1, checkpointEvery })),
      RangeError,
      "train: checkpointEvery: expected a whole number of at least 1, got " +
        `${checkpointEvery}. Help: Leave it out for a checkpoint after every`,
    );
  }
});

Deno.test("weights of a training that went nowhere begin none", async () => {
  await using folder = await temporaryFolder();
  using device = CpuDevice.open({ threads: 1 });
  const init = join(folder.path, "weights.safetensors");
  const model = smallNetwork().to(device, { seed: 0 });
  const tensors = await model.stateDict();
  const [name, tensor] = [...tensors].at(-1)!;
  tensor.data[1] = NaN;
  await writeSafetensors(init, tensors);
  await assertRejects(
    () => train(smallTraining(device, { epochs: 1, init })),
    DataError,
    `${init}: ${name}: expected finite numbers, got NaN at element 1. Help: ` +
      "Train anew with a smaller --lr",
  );
});

Deno.test("a checkpoint that others changed is refused by what is wrong", async () => {
  await using folder = await temporaryFolder();
  using device = CpuDevice.open({ threads: 1 });
  const path = join(folder.path, "a.safetensors");
  const made = await train(
    smallTraining(device, { epochs: 2, seed: 1, checkpoint: path }),
  );
  const { history, settings } = await readCourse(path);
  assertEquals(settings.epochs, 2);
  assertEquals(
    history.map(({ loss, valAcc }) => [loss, valAcc]),
    made.history.map(({ loss, valAcc }) => [loss, valAcc]),
  );
  const { metadata, tensors } = await readSafetensors(path);
  const changed = join(folder.path, "b.safetensors");
  const cases: [Record<string, string>, string][] = [
    [{ settings: "{" }, "expected a checkpoint of a training, got a file of"],
    [{ settings: "[]" }, "expected a checkpoint of a training"],
    [{ history: "{}" }, "expected a checkpoint of a training"],
    [{ history: "[3]" }, "history: expected numbers of epoch 1, got 3. Help: "],
  ];
  const { checksum: _, ...rest } = metadata;
  for (const [others, message] of cases) {
    await writeSafetensors(changed, tensors, { ...rest, ...others });
    const error = await assertRejects(() => readCourse(changed), FormatError);
    assertStringIncludes(error.message, changed);
    assertStringIncludes(error.message, message);
  }
  tensors.delete("trainer.order");
  await writeSafetensors(changed, tensors, rest);
  await assertRejects(
    () => train(smallTraining(device, { epochs: 3, resume: changed })),
    FormatError,
    'checkpoint: expected a tensor "order" of the training\'s state, got none.',
  );
});

Deno.test("without a device the default one is trained on", async () => {
  using device = setDefaultDevice(CpuDevice.open({ threads: 1 }));
  try {
    const data = rowsDataset(20, 1);
    const model = smallNetwork().to({ seed: 0 });
    const here = await evaluate(device, model, data, { batchSize: 10 });
    assertEquals(await evaluate(model, data, { batchSize: 10 }), here);
  } finally {
    setDefaultDevice(null);
  }
});
