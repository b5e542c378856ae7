import {
  assert,
  assertEquals,
  assertGreater,
  assertLess,
  assertMatch,
  assertNotEquals,
  assertRejects,
} from "@std/assert";
import { join } from "@std/path";
import type { Device } from "../../src/devices/device.ts";
import { DeviceError, TrainingError } from "../../src/base/errors.ts";
import { train } from "../../src/training/train.ts";
import {
  type EpochResult,
  evaluate,
  type LossFunction,
  readCheckpoint,
  type StepResult,
  Trainer,
  type TrainOptions,
} from "../../src/training/mod.ts";
import type { ItemDataset } from "../../src/data/dataset.ts";
import { Subset } from "../../src/data/subset.ts";
import { TensorDataset } from "../../src/data/tensor_dataset.ts";
import { CpuDevice } from "../../src/devices/cpu/cpu_device.ts";
import { Linear } from "../../src/nn/mod.ts";
import { mean, scale, sqrt } from "../../src/ops/mod.ts";
import { SGD } from "../../src/optim/mod.ts";
import { ReduceLROnPlateau } from "../../src/optim/schedules/mod.ts";
import { deviceTest } from "../_devices.ts";
import { assertClose } from "../close.ts";
import { listing, temporaryFolder } from "../temporary_folder.ts";
import { rowsDataset, smallNetwork, smallTraining } from "./_task.ts";

function task(device: Device, options: TrainOptions = {}): TrainOptions {
  return smallTraining(device, { batchSize: 8, epochs: 3, ...options });
}

/** What does not depend on the clock. */
function numbers({ epoch, loss, acc, valLoss, valAcc, lr }: EpochResult) {
  return { epoch, loss, acc, valLoss, valAcc, lr };
}

deviceTest(
  "train learns, and tells of every step and epoch",
  async (device) => {
    const steps: StepResult[] = [];
    const epochs: EpochResult[] = [];
    const { history, metrics } = await train(task(device, {
      onStep: (step) => steps.push(step),
      onEpoch: (epoch) => void epochs.push(epoch),
    }));
    assertEquals(steps.length, 3 * 7);
    const { epoch, rows, step, totalRows } = steps[12];
    assertEquals({ epoch, rows, step, totalRows }, {
      epoch: 2,
      rows: 48,
      step: 6,
      totalRows: 50,
    });
    assertEquals(steps[20].loss, metrics.loss);
    assertEquals(steps[20].acc, metrics.acc);
    assertEquals(history, epochs);
    assertEquals(history[2], metrics);
    assertGreater(metrics.valAcc, 0.9);
    assertGreater(metrics.acc, history[0].acc);
    assertEquals(metrics.lr, 0.01);
  },
);

deviceTest(
  "a loop that is left and entered again trains on",
  async (device) => {
    const { history } = await train(task(device));
    using trainer = await Trainer.open(task(device));
    for await (const _epoch of trainer.epochs()) break;
    assertEquals(trainer.history.length, 1);
    assert(!trainer.finished);
    for await (const _epoch of trainer.epochs());
    assert(trainer.finished);
    assertEquals(trainer.history.map(numbers), history.map(numbers));
  },
);

deviceTest("a learning rate that is set by hand stays", async (device) => {
  for (const schedule of ["constant", "step"] as const) {
    const options = { schedule, stepSize: 2, gamma: 0.5, epochs: 4 };
    using trainer = await Trainer.open(task(device, options));
    for await (const { epoch } of trainer.epochs()) {
      if (epoch === 1) trainer.optimizer.lr = 0.004;
    }
    const falls = schedule === "step" ? 0.002 : 0.004;
    assertEquals(
      trainer.history.map(({ lr }) => lr),
      [0.01, 0.004, falls, falls],
    );
  }
});

deviceTest("a signal stops the training after its step", async (device) => {
  const controller = new AbortController();
  let steps = 0;
  const running = train(task(device, {
    signal: controller.signal,
    onStep: () => {
      if (++steps === 9) controller.abort(new Error("enough"));
    },
  }));
  await assertRejects(() => running, Error, "enough");
  assertEquals(steps, 9);
});

deviceTest(
  "a signal that is aborted already lets no training begin",
  async (device) => {
    await using folder = await temporaryFolder();
    const checkpoint = join(folder.path, "a.safetensors");
    await train(task(device, { epochs: 1, checkpoint }));
    const before = await Deno.readFile(checkpoint);
    const options = { epochs: 2, checkpoint, resume: checkpoint };
    let steps = 0;
    await assertRejects(
      () =>
        train(task(device, {
          ...options,
          signal: AbortSignal.abort(new Error("enough")),
          onStep: () => steps++,
        })),
      Error,
      "enough",
    );
    assertEquals(steps, 0);
    assertEquals(await Deno.readFile(checkpoint), before);
  },
  ["read", "write"],
);

deviceTest(
  "an epoch whose last step is stopped is given and saved",
  async (device) => {
    await using folder = await temporaryFolder();
    const checkpoint = join(folder.path, "a.safetensors");
    const controller = new AbortController();
    using trainer = await Trainer.open(task(device, {
      epochs: 4,
      checkpoint,
      checkpointEvery: 3,
      signal: controller.signal,
      onStep: ({ epoch, step, steps }) => {
        if (epoch === 2 && step === steps) {
          controller.abort(new Error("enough"));
        }
      },
    }));
    const given: number[] = [];
    const running = async () => {
      for await (const { epoch } of trainer.epochs()) given.push(epoch);
    };
    await assertRejects(running, Error, "enough");
    assertEquals(given, [1, 2]);
    assertEquals((await readCheckpoint(checkpoint)).history.length, 2);
  },
  ["read", "write"],
);

deviceTest("timers fire while a training runs", async (device) => {
  let steps = 0;
  let seen = 0;
  setTimeout(() => seen = steps);
  await train(task(device, { onStep: () => steps++ }));
  assertGreater(seen, 0);
  assertGreater(steps, seen);
});

deviceTest(
  "readEvery: 1 reads every step, and changes none",
  async (device) => {
    const seen: StepResult[] = [];
    const onStep = (step: StepResult) => void seen.push(step);
    const fine = await train(task(device, { readEvery: 1, onStep }));
    const { history } = await train(task(device));
    assertEquals(history.map(numbers), fine.history.map(numbers));
    const last = seen.slice(14);
    assertEquals(last.map(({ readStep }) => readStep), [1, 1, 2, 3, 4, 5, 7]);
    assertEquals(last.at(-1)?.loss, history[2].loss);
    for (const readEvery of [0, 1.5]) {
      await assertRejects(
        () => train(task(device, { readEvery })),
        RangeError,
        "readEvery: expected a whole number of at least 1",
      );
    }
  },
);

deviceTest("a loss that is no number is an error", async (device) => {
  await assertRejects(
    () => train(task(device, { lr: 1e38 })),
    TrainingError,
    "expected a finite number",
  );
});

deviceTest(
  "a training with a checkpoint tells where it left the numbers",
  async (device) => {
    await using folder = await temporaryFolder();
    const checkpoint = join(folder.path, "a.safetensors");
    const { inputs, targets } = rowsDataset(160, 1);
    const pixels = Float32Array.from(inputs.data);
    const bad = 100;
    pixels[bad * 36 + 7] = Infinity;
    const order: number[] = [];
    const trainData: ItemDataset = {
      length: 160,
      rowShape: [1, 6, 6],
      classes: 3,
      get(index) {
        order.push(index);
        const row = pixels.subarray(index * 36, (index + 1) * 36);
        return [row, targets.data[index]];
      },
    };
    const options = task(device, { trainData, epochs: 1, seed: 3 });
    await assertRejects(
      () => train({ ...options, model: smallNetwork() }),
      TrainingError,
      "train: loss in epoch 1, by step 20: expected a finite number, got NaN. ",
    );
    const step = Math.floor(order.indexOf(bad) / 8) + 1;
    assertGreater(step, 3);
    const error = await assertRejects(
      () => train({ ...options, checkpoint }),
      TrainingError,
      `train: loss in epoch 1, step ${step}: expected a finite number, got NaN`,
    );
    assertMatch(
      error.message,
      /; it began in 0: conv2d, forward: x: expected finite .* Infinity at /,
    );
    assertEquals(await listing(folder.path), []);
  },
  ["read", "write"],
);

deviceTest("a weight that is no number is an error", async (device) => {
  // The root of 0 is 0, its slope is infinite.
  const loss: LossFunction = (output) => mean(sqrt(scale(output, 0)));
  await assertRejects(
    () => train(task(device, { loss, batchSize: 50 })),
    TrainingError,
    "train: 0.weight after step 1 of epoch 1: expected a finite number, got",
  );
});

deviceTest(
  "a validation loss that is no number is an error",
  async (device) => {
    const pixels = new Float32Array(36).fill(Infinity);
    const testData = new TensorDataset(pixels, [0], {
      rowShape: [1, 6, 6],
      classes: 3,
    });
    const epochs: number[] = [];
    await assertRejects(
      () =>
        train(task(device, {
          testData,
          onEpoch: ({ epoch }) => void epochs.push(epoch),
        })),
      TrainingError,
      "train: validation loss after step 7 of epoch 1: expected a finite number",
    );
    assertEquals(epochs, []);
  },
);

deviceTest("two loops over the epochs at once are an error", async (device) => {
  using trainer = await Trainer.open(task(device));
  const [first, second] = [trainer.epochs(), trainer.epochs()];
  const running = first.next();
  await assertRejects(
    () => second.next(),
    TypeError,
    "Trainer.epochs: expected one loop over the epochs at a time",
  );
  assertEquals((await running).value?.epoch, 1);
  for await (const _epoch of trainer.epochs());
  assertEquals(trainer.history.map(({ epoch }) => epoch), [1, 2, 3]);
});

deviceTest("callbacks that wait are waited for", async (device) => {
  let waiting = 0;
  let most = 0;
  let steps = 0;
  await train(task(device, {
    epochs: 1,
    onStep: async () => {
      most = Math.max(most, ++waiting);
      await new Promise((resolve) => setTimeout(resolve));
      waiting--;
      steps++;
    },
  }));
  assertEquals([most, steps], [1, 7]);
  for (const name of ["onStep", "onEpoch", "onCheckpoint"] as const) {
    await using folder = await temporaryFolder();
    const fails = async () => {
      await new Promise((resolve) => setTimeout(resolve));
      throw new Error(`${name} failed`);
    };
    const checkpoint = join(folder.path, "a.safetensors");
    const options = task(device, { epochs: 1, checkpoint, [name]: fails });
    await assertRejects(() => train(options), Error, `${name} failed`);
  }
}, ["read", "write"]);

deviceTest(
  "a batch that is too large to measure is refused first",
  async (device) => {
    const kernels: string[] = [];
    const size = 2 ** 17;
    const empty = new TensorDataset(
      new Float32Array(size * 36),
      new Int32Array(size),
      {
        rowShape: [1, 6, 6],
        classes: 3,
      },
    );
    const options = task(device, {
      // Its activations take more than any device gives.
      model: smallNetwork(4096),
      testData: empty,
      batchSize: size,
      onStep: () => kernels.push("step"),
    });
    await assertRejects(() => train(options), DeviceError);
    assertEquals(kernels, []);
  },
);

Deno.test("epochs are a whole number", async () => {
  await assertRejects(
    () => Trainer.open({ ...task(null!), epochs: 1.5 }),
    RangeError,
    "train: epochs: expected a whole number of at least 1, got 1.5",
  );
});

deviceTest("every setting of the learning has its effect", async (device) => {
  const plain = (await train(task(device))).metrics;
  const changes: TrainOptions[] = [
    { schedule: "step", gamma: 0.5 },
    { schedule: "cosine" },
    { schedule: "one-cycle" },
    { schedule: "multistep", milestones: [1, 2] },
    { schedule: "exponential", gamma: 0.5 },
    { schedule: "plateau", stepSize: 1, lr: 0.5 },
    { warmup: 1.5 },
    { weightDecay: 0.1 },
    { weightDecay: 0.1, optimizer: "adamw" },
    { optimizer: "rmsprop" },
    { optimizer: "adadelta" },
    { optimizer: "adadelta", lr: 1 },
    { clipGradNorm: 0.01 },
    { labelSmoothing: 0.2 },
    { emaDecay: 0.5 },
    { seed: 1 },
    { limit: 20 },
  ];
  const losses = new Set([plain.valLoss]);
  for (const change of changes) {
    losses.add((await train(task(device, change))).metrics.valLoss);
  }
  assertEquals(losses.size, changes.length + 1);
});

deviceTest("a schedule goes on from step to step", async (device) => {
  const rates: number[] = [];
  const { history } = await train(task(device, {
    schedule: "cosine",
    warmup: 1,
    epochs: 2,
    lr: 0.1,
    onStep: ({ lr }) => rates.push(lr),
  }));
  const rise = Array.from({ length: 7 }, (_, i) => 0.01 + 0.09 * i / 7);
  const fall = Array.from(
    { length: 7 },
    (_, i) => 0.05 * (1 + Math.cos(Math.PI * i / 7)),
  );
  // Worst measured: 1.4e-17.
  assertClose(rates, [...rise, ...fall], { atol: 1e-15, rtol: 0 }, "rates");
  assertEquals(history.map(({ lr }) => lr), [rates[6], rates[13]]);
});

deviceTest("a schedule of epochs falls after them", async (device) => {
  const rates = async (options: TrainOptions) => {
    const { history } = await train(task(device, { lr: 0.1, ...options }));
    return history.map(({ lr }) => lr);
  };
  const multistep = await rates({
    schedule: "multistep",
    milestones: [1, 3],
    gamma: 0.5,
    epochs: 4,
  });
  assertEquals(multistep, [0.1, 0.05, 0.05, 0.025]);
  // The rate of an epoch's last step, of seven: a step before its end.
  const exponential = await rates({ schedule: "exponential", gamma: 0.5 });
  const expected = [6, 13, 20].map((steps) => 0.1 * 0.5 ** (steps / 7));
  // Worst measured: 1.4e-17.
  assertClose(exponential, expected, { atol: 1e-15, rtol: 0 }, "exponential");
});

deviceTest("plateau falls where the loss does not", async (device) => {
  const { history } = await train(task(device, {
    schedule: "plateau",
    gamma: 0.5,
    epochs: 12,
    lr: 0.3,
  }));
  const parameters = new Linear(1, 1).to(device).parameters();
  const optimizer = new SGD(parameters, { lr: 0.3 });
  const plateau = new ReduceLROnPlateau(optimizer, {
    factor: 0.5,
    patience: 1,
  });
  const expected = history.map(({ valLoss }) => {
    const { lr } = optimizer;
    plateau.step(valLoss);
    return lr;
  });
  assertEquals(history.map(({ lr }) => lr), expected);
  assertLess(history.at(-1)!.lr, 0.3);
});

deviceTest(
  "the average of the weights is measured and stays",
  async (device) => {
    const options = { emaDecay: 0.9, epochs: 2, seed: 3 };
    const plain = await train(task(device, { epochs: 2, seed: 3 }));
    const { history, metrics, model, valData } = await train(
      task(device, options),
    );
    // The same steps.
    assertEquals(
      history.map(({ loss }) => loss),
      plain.history.map(({ loss }) => loss),
    );
    assertNotEquals(metrics.valLoss, plain.metrics.valLoss);
    const measured = await evaluate(device, model, valData, { batchSize: 8 });
    assertEquals(measured.loss, metrics.valLoss);
    // Between epochs the model has its own weights.
    using averaging = await Trainer.open(task(device, options));
    using other = await Trainer.open(task(device, { ...options, emaDecay: 0 }));
    for (const trainer of [averaging, other]) await trainer.epochs().next();
    const weights = await other.model.stateDict();
    assertEquals(await averaging.model.stateDict(), weights);
  },
);

deviceTest("rows kept apart are not learnt from", async (device) => {
  const testData = rowsDataset(4, 9);
  const options = task(device, { testData, valFraction: 0.2 });
  using trainer = await Trainer.open(options);
  assertEquals([trainer.rows, trainer.valData.length], [40, 10]);
  for await (const { valAcc } of trainer.epochs()) {
    assertEquals(valAcc * 10, Math.round(valAcc * 10));
  }
});

Deno.test("a share of no row, or of all, cannot be kept apart", async () => {
  for (
    const [valFraction, rows] of [[0.009, "0 and 50"], [0.995, "50 and 0"]]
  ) {
    await assertRejects(
      () => Trainer.open(task(null!, { valFraction: Number(valFraction) })),
      RangeError,
      `train: valFraction ${valFraction} of 50 rows: expected some rows to ` +
        `measure with and some to learn from, got ${rows}. Help: `,
    );
  }
});

Deno.test("one-cycle has a warm-up of its own", async () => {
  const options = task(null!, { schedule: "one-cycle", warmup: 0.01 });
  await assertRejects(
    () => Trainer.open(options),
    RangeError,
    "train: warmup: expected none with the schedule one-cycle",
  );
});

Deno.test("rows are not copied in every epoch to see whether they can be", async () => {
  using device = CpuDevice.open({ threads: 1 });
  const rows = rowsDataset(30, 2);
  const copies = async (epochs: number) => {
    let count = 0;
    const testData = new Subset(rows, rows.targets.data.map((_, row) => row));
    const { arrays } = testData;
    testData.arrays = () => {
      count++;
      return arrays.call(testData);
    };
    await train(task(device, { epochs, testData }));
    return count;
  };
  assertEquals(await copies(4), await copies(2));
});
