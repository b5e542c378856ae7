/** The course of a training in its checkpoint, and weights that begin one. */
import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { DataError, FormatError } from "../../src/base/errors.ts";
import { CpuDevice } from "../../src/devices/cpu/cpu_device.ts";
import {
  readSafetensors,
  writeSafetensors,
} from "../../src/formats/safetensors.ts";
import { readCourse, train } from "../../src/training/mod.ts";
import { needs } from "../permissions.ts";
import { temporaryFolder } from "../temporary_folder.ts";
import { smallNetwork, smallTraining } from "./_task.ts";

needs(import.meta.url, "read", "write");

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
});
