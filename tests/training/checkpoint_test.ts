import {
  assert,
  assertEquals,
  assertLess,
  assertMatch,
  assertNotEquals,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { join } from "@std/path";
import type { Dataset, ItemDataset } from "../../src/data/dataset.ts";
import { TensorDataset } from "../../src/data/tensor_dataset.ts";
import { CpuDevice } from "../../src/devices/cpu/cpu_device.ts";
import {
  DataError,
  FormatError,
  StateDictError,
} from "../../src/base/errors.ts";
import {
  readSafetensors,
  writeSafetensors,
} from "../../src/formats/safetensors.ts";
import { readWeights } from "../../src/formats/weights.ts";
import { Linear } from "../../src/nn/linear.ts";
import { train } from "../../src/training/train.ts";
import { Trainer } from "../../src/training/trainer.ts";
import {
  bestPath,
  metrics,
  readCheckpoint,
  type SavedCheckpoint,
  type TrainOptions,
  weightsOf,
  writeCheckpoint,
} from "../../src/training/mod.ts";
import { deviceTest } from "../_devices.ts";
import { uniform } from "../reference.ts";
import { temporaryFolder } from "../temporary_folder.ts";
import { rowsDataset, smallNetwork, smallTraining } from "./_task.ts";
import { needs } from "../permissions.ts";

needs(import.meta.url, "read", "write");

const task = smallTraining;

const settings = { batchSize: 8, seed: 3 };

deviceTest("1 + 2 epochs are 3 epochs, to the byte", async (device) => {
  await using folder = await temporaryFolder();
  const [whole, parts] = ["whole", "parts"].map((name) =>
    join(folder.path, `${name}.safetensors`)
  );
  await train(task(device, { ...settings, epochs: 3, checkpoint: whole }));
  await train(task(device, { ...settings, epochs: 1, checkpoint: parts }));
  const { history } = await train(
    task(device, { epochs: 3, checkpoint: parts, resume: parts }),
  );
  assertEquals(history.map(({ epoch }) => epoch), [1, 2, 3]);
  assertEquals(await Deno.readFile(parts), await Deno.readFile(whole));
  assertEquals(
    await Deno.readFile(bestPath(parts)),
    await Deno.readFile(bestPath(whole)),
  );
});

deviceTest("a stop within an epoch changes no byte", async (device) => {
  await using folder = await temporaryFolder();
  const [whole, parts] = ["whole", "parts"].map((name) =>
    join(folder.path, `${name}.safetensors`)
  );
  const epochs = 3;
  await train(task(device, { ...settings, epochs, checkpoint: whole }));
  const saved: SavedCheckpoint[] = [];
  // Of 7 steps each: within the first epoch, in the second, at its end.
  for (const stopAfter of [4, 6, 4, 3]) {
    const controller = new AbortController();
    let steps = 0;
    const stopped = train(task(device, {
      ...settings,
      epochs,
      checkpoint: parts,
      resume: saved.at(-1)?.path,
      signal: controller.signal,
      onStep: () => ++steps === stopAfter && controller.abort("stop"),
      onCheckpoint: (checkpoint) => void saved.push(checkpoint),
    }));
    await stopped.catch((reason) => assertEquals(reason, "stop"));
  }
  assertEquals(
    saved.map(({ epoch, step }) => [epoch, step]),
    [[0, 4], [1, 0], [1, 3], [2, 0], [2, 3]],
  );
  await train(task(device, { checkpoint: parts, resume: parts }));
  assertEquals(await Deno.readFile(parts), await Deno.readFile(whole));
});

deviceTest(
  "what save writes within an epoch goes on to the byte",
  async (device) => {
    await using folder = await temporaryFolder();
    const [whole, saved, parts] = ["whole", "saved", "parts"].map((name) =>
      join(folder.path, `${name}.safetensors`)
    );
    const schedule = "cosine";
    const options = {
      ...settings,
      epochs: 2,
      schedule,
      emaDecay: 0.9,
    } as const;
    const trainer = await Trainer.open(task(device, {
      ...options,
      checkpoint: whole,
      onStep: async ({ epoch, step }) => {
        if (epoch !== 2 || step !== 3) return;
        await trainer.save();
        await Deno.copyFile(whole, saved);
      },
    }));
    for await (const _epoch of trainer.epochs());
    trainer[Symbol.dispose]();
    assertEquals((await readCheckpoint(saved)).history.length, 1);
    await train(task(device, { checkpoint: parts, resume: saved }));
    assertEquals(await Deno.readFile(parts), await Deno.readFile(whole));
  },
);

deviceTest("augmentation goes on within an epoch", async (device) => {
  await using folder = await temporaryFolder();
  const [whole, parts] = ["whole", "parts"].map((name) =>
    join(folder.path, `${name}.safetensors`)
  );
  const augment = { rotate: 20, shift: 0.2, scale: 0.1, erase: 0.5 };
  const options: TrainOptions = { ...settings, epochs: 2, augment };
  await train(task(device, { ...options, checkpoint: whole }));
  const controller = new AbortController();
  const { signal } = controller;
  let steps = 0;
  const onStep = () => ++steps === 10 && controller.abort();
  await assertRejects(() =>
    train(task(device, { ...options, checkpoint: parts, onStep, signal }))
  );
  await train(task(device, { checkpoint: parts, resume: parts }));
  assertEquals(await Deno.readFile(parts), await Deno.readFile(whole));
  const { history } = await readCheckpoint(whole);
  const plain = await train(task(device, { ...options, augment: {} }));
  assertNotEquals(plain.history[0].loss, history[0].loss);
});

deviceTest("a schedule, AdamW and clipping go on too", async (device) => {
  await using folder = await temporaryFolder();
  const [whole, parts] = ["whole", "parts"].map((name) =>
    join(folder.path, `${name}.safetensors`)
  );
  const options: TrainOptions = {
    ...settings,
    epochs: 2,
    schedule: "one-cycle",
    optimizer: "adamw",
    weightDecay: 0.1,
    clipGradNorm: 1,
    labelSmoothing: 0.1,
    valFraction: 0.1,
  };
  await train(task(device, { ...options, checkpoint: whole }));
  const controller = new AbortController();
  const { signal } = controller;
  const onStep = ({ step }: { step: number }) =>
    step === 3 && controller.abort();
  await assertRejects(() =>
    train(task(device, { ...options, checkpoint: parts, onStep, signal }))
  );
  await train(task(device, { checkpoint: parts, resume: parts }));
  assertEquals(await Deno.readFile(parts), await Deno.readFile(whole));
  await assertRejects(
    () => train(task(device, { resume: parts, epochs: 5 })),
    RangeError,
    "train: epochs of a training that goes on: expected 2",
  );
});

deviceTest(
  "plateau, RMSprop and an average go on in the middle",
  async (device) => {
    await using folder = await temporaryFolder();
    const [whole, parts] = ["whole", "parts"].map((name) =>
      join(folder.path, `${name}.safetensors`)
    );
    const options: TrainOptions = {
      ...settings,
      epochs: 5,
      schedule: "plateau",
      gamma: 0.5,
      lr: 0.3,
      optimizer: "rmsprop",
      emaDecay: 0.9,
    };
    const { history } = await train(
      task(device, { ...options, checkpoint: whole }),
    );
    assertLess(history[3].lr, 0.3);
    const controller = new AbortController();
    const { signal } = controller;
    const onStep = ({ epoch, step }: { epoch: number; step: number }) =>
      epoch === 4 && step === 3 && controller.abort();
    await assertRejects(() =>
      train(task(device, { ...options, checkpoint: parts, onStep, signal }))
    );
    await train(task(device, { checkpoint: parts, resume: parts }));
    assertEquals(await Deno.readFile(parts), await Deno.readFile(whole));
  },
);

deviceTest("patience stops and gives the best weights back", async (device) => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "run.safetensors");
  const model = smallNetwork();
  // So high a rate learns at first and then only jumps about.
  const options = { ...settings, lr: 0.3, epochs: 50, patience: 3 };
  const { history, metrics } = await train(
    task(device, { ...options, checkpoint: path, model }),
  );
  assertLess(history.length, 50);
  assertEquals(history.length, metrics.epoch + 3);
  const highest = Math.max(...history.map(({ valAcc }) => valAcc));
  assertEquals(metrics.valAcc, highest);
  const { tensors } = await readSafetensors(bestPath(path));
  assertEquals(await model.stateDict(), tensors);

  const again = smallNetwork();
  const resumed = await train(task(device, { resume: path, model: again }));
  assertEquals(resumed.history.length, history.length);
  assertEquals(await again.stateDict(), tensors);
});

deviceTest("checkpoints come as often as asked for", async (device) => {
  await using folder = await temporaryFolder();
  const epochs: number[] = [];
  await train(task(device, {
    ...settings,
    epochs: 5,
    checkpoint: join(folder.path, "run.safetensors"),
    checkpointEvery: 2,
    onCheckpoint: ({ epoch }) => void epochs.push(epoch),
  }));
  assertEquals(epochs, [2, 4, 5]);
  const files = [...Deno.readDirSync(folder.path)].map(({ name }) => name);
  assertEquals(files.sort(), ["run.best.safetensors", "run.safetensors"]);
});

deviceTest("a checkpoint is a file of weights too", async (device) => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "run.safetensors");
  const model = smallNetwork();
  await train(
    task(device, { ...settings, epochs: 1, checkpoint: path, model }),
  );
  const { metadata, tensors } = await readSafetensors(path);
  assertEquals(weightsOf(tensors), await model.stateDict());
  assertEquals(metadata.epoch, "1");
  assertEquals((await readCheckpoint(path)).settings.seed, 3);
});

deviceTest(
  "what is no checkpoint of this training is refused",
  async (device) => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, "run.safetensors");
    await train(task(device, { ...settings, epochs: 1, checkpoint: path }));
    await assertRejects(
      () => train(task(device, { resume: path, lr: 0.5 })),
      RangeError,
      "train: lr of a training that goes on: expected 0.01",
    );
    await assertRejects(
      () => train(task(device, { resume: path, model: smallNetwork(5) })),
      StateDictError,
    );
    const weights = join(folder.path, "weights.safetensors");
    await writeSafetensors(
      weights,
      await new Linear(1, 1).to(device).stateDict(),
    );
    await assertRejects(
      () => train(task(device, { resume: weights })),
      FormatError,
      "expected a checkpoint of a training",
    );
  },
);

Deno.test("a training does not go on with other data", async () => {
  await using folder = await temporaryFolder();
  using device = CpuDevice.open({ threads: 1 });
  const path = join(folder.path, "run.safetensors");
  const trainData = rowsDataset(50, 1);
  await train(task(device, { ...settings, epochs: 1, checkpoint: path }));
  const goesOn = (options: TrainOptions) =>
    train(task(device, { resume: path, epochs: 2, ...options }));
  const { data, rowShape } = trainData.inputs;
  const labels = [...trainData.targets.data];
  const changed = data.slice();
  changed[40] += 1;
  const rows = { rowShape, classes: 3 };
  const others: [string, TrainOptions][] = [
    ["training data", { trainData: rowsDataset(49, 1) }],
    ["training data", { trainData: new TensorDataset(changed, labels, rows) }],
    ["training data", {
      trainData: new TensorDataset(data, labels.with(49, 0), rows),
    }],
    ["training data", {
      trainData: new TensorDataset(data, labels, { rowShape, classes: 4 }),
    }],
    ["validation data", { testData: rowsDataset(30, 3) }],
  ];
  for (const [what, options] of others) {
    const error = await assertRejects(() => goesOn(options), DataError);
    assertMatch(
      error.message,
      new RegExp(
        `^train: ${what} of a training that goes on: expected the ` +
          `checkpoint's, (50|30) rows of .1, 6, 6., 3 classes, checksum ` +
          `[0-9a-f]{8}, got \\d+ rows of .* Help: `,
      ),
    );
  }
  await goesOn({ trainData: new TensorDataset(data, labels, rows) });
});

Deno.test("of items by index their sizes are compared, of held-out rows the whole", async () => {
  await using folder = await temporaryFolder();
  using device = CpuDevice.open({ threads: 1 });
  const path = join(folder.path, "run.safetensors");
  const items = (length: number): ItemDataset => {
    const whole = rowsDataset(length, 1);
    const { rowShape } = whole.inputs;
    const get = (index: number) => whole.get(index);
    return { length, rowShape, classes: 3, get };
  };
  const half = { ...settings, valFraction: 0.5 };
  const first = { trainData: items(20), checkpoint: path, epochs: 1 };
  await train(task(device, { ...half, ...first }));
  const goesOn = (trainData: Dataset) =>
    train(task(device, { resume: path, epochs: 2, trainData }));
  await assertRejects(() => goesOn(items(21)), DataError, "20 rows");
  await goesOn(items(20));
  const { metadata } = await readCheckpoint(path);
  assertEquals(metadata?.val_data, "0.5 of 20 rows of [1, 6, 6], 3 classes");
});

Deno.test("a checkpoint that names no data goes on with any", async () => {
  await using folder = await temporaryFolder();
  using device = CpuDevice.open({ threads: 1 });
  const path = join(folder.path, "run.safetensors");
  await train(task(device, { ...settings, epochs: 1, checkpoint: path }));
  const { metadata: _, ...older } = await readCheckpoint(path);
  await writeCheckpoint(path, older);
  const trainData = rowsDataset(40, 1);
  const { history } = await train(
    task(device, { resume: path, epochs: 2, trainData }),
  );
  assertEquals(history.length, 2);
});

Deno.test("every flipped bit of a checkpoint or of weights is found", async () => {
  await using folder = await temporaryFolder();
  using device = CpuDevice.open({ threads: 1 });
  const path = join(folder.path, "run.safetensors");
  await train(task(device, { ...settings, epochs: 1, checkpoint: path }));
  const damaged = join(folder.path, "damaged.safetensors");
  for (
    const [file, read] of [
      [path, readCheckpoint],
      [bestPath(path), readWeights],
    ] as const
  ) {
    const bytes = await Deno.readFile(file);
    // Some more in the header, whose every byte means something.
    const header = new DataView(bytes.buffer).getUint32(0, true);
    const positions = [
      ...uniform(60, 1).map((value) => (value + 1) / 2 * header),
      ...uniform(120, 2).map((value) => (value + 1) / 2 * bytes.length),
    ].map(Math.floor);
    assertEquals(new Set(positions).size > 100, true);
    for (const [index, position] of positions.entries()) {
      bytes[position] ^= 1 << index % 8;
      await Deno.writeFile(damaged, bytes);
      bytes[position] ^= 1 << index % 8;
      await assertRejects(() => read(damaged), FormatError);
    }
    await Deno.writeFile(damaged, bytes);
    await read(damaged);
  }
});

Deno.test("settings in a checkpoint are checked as a user's", async () => {
  await using folder = await temporaryFolder();
  using device = CpuDevice.open({ threads: 1 });
  const path = join(folder.path, "run.safetensors");
  await train(task(device, { ...settings, epochs: 1, checkpoint: path }));
  const { metadata, tensors } = await readSafetensors(path);
  const { checksum: _, ...others } = metadata;
  const changed = async (key: string, name: string, value: unknown) => {
    const record = JSON.parse(others[key]);
    (key === "history" ? record[0] : record)[name] = value;
    const own = { ...others, [key]: JSON.stringify(record) };
    await writeSafetensors(path, tensors, own);
    return task(device, { resume: path, epochs: 2 });
  };
  for (
    const [name, value, expected] of [
      ["recipe", null, "setting recipe: expected notebook"],
      ["lr", true, "setting lr: expected a number above 0, got true"],
      ["network", ["cnn"], "setting network: expected cnn"],
      ["augment", null, "setting augment: expected kinds of change"],
      ["augment", { rotate: "x" }, "setting augment rotate: expected a number"],
      ["valFraction", "0.5", "setting valFraction: expected a number between"],
      ["milestones", "1", "setting milestones: expected whole numbers"],
      ["unknown", 1, "settings: expected recipe, network"],
    ] as const
  ) {
    const options = await changed("settings", name, value);
    const error = await assertRejects(() => train(options), FormatError);
    assertStringIncludes(error.message, `${path}: ${expected}`);
  }
  for (const [name, value] of [["epoch", 2], ["valAcc", "1"]] as const) {
    const options = await changed("history", name, value);
    await assertRejects(
      () => train(options),
      FormatError,
      "history: expected numbers of epoch 1",
    );
  }
});

Deno.test("a checkpoint that cannot be written ends nothing if somebody hears of it", async () => {
  await using folder = await temporaryFolder();
  using device = CpuDevice.open({ threads: 1 });
  const path = join(folder.path, "missing", "run.safetensors");
  const options = task(device, { ...settings, epochs: 3, checkpoint: path });
  await assertRejects(() => train(options), DataError, "cannot write");
  const failed: string[] = [];
  const saved: number[] = [];
  const { history } = await train({
    ...options,
    model: smallNetwork(),
    onCheckpoint: ({ epoch }) => void saved.push(epoch),
    onCheckpointError: ({ message }, path) => {
      assertStringIncludes(message, "cannot write");
      failed.push(path);
    },
    onEpoch: async ({ epoch }) => {
      if (epoch === 2) await Deno.mkdir(join(folder.path, "missing"));
    },
  });
  assertEquals(history.length, 3);
  assertEquals(failed.filter((name) => name === path).length, 2);
  assert(failed.includes(bestPath(path)));
  assertEquals(saved, [3]);
  assertEquals((await readCheckpoint(path)).history.length, 3);
});

Deno.test("of an epoch its times alone are not stored, whatever metrics are called", async () => {
  await using folder = await temporaryFolder();
  using device = CpuDevice.open({ threads: 1 });
  const checkpoint = join(folder.path, "run.safetensors");
  const options = { ...settings, epochs: 1, checkpoint };
  const { history: [epoch] } = await train(task(device, {
    ...options,
    metrics: [{ ...metrics.topK(2), name: "second" }],
  }));
  const { history: [stored] } = await readCheckpoint(checkpoint);
  const times = { trainSeconds: NaN, evalSeconds: NaN, imagesPerSecond: NaN };
  assertEquals(stored, { ...epoch, ...times });
  assertEquals(Object.keys(stored.metrics!), ["second"]);
});
