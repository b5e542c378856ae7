import {
  assert,
  assertEquals,
  assertGreater,
  assertRejects,
} from "@std/assert";
import type { Device } from "../../src/devices/device.ts";
import { TrainingError } from "../../src/errors.ts";
import { train } from "../../src/train.ts";
import {
  type EpochResult,
  type StepResult,
  Trainer,
  type TrainOptions,
} from "../../src/training/mod.ts";
import { deviceTest } from "../_devices.ts";
import { rowsDataset, smallNetwork } from "./_task.ts";

function task(device: Device, options: TrainOptions = {}): TrainOptions {
  return {
    device,
    model: smallNetwork(),
    trainData: rowsDataset(50, 1),
    testData: rowsDataset(30, 2),
    batchSize: 8,
    epochs: 3,
    ...options,
  };
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

deviceTest("timers fire while a training runs", async (device) => {
  let steps = 0;
  let seen = 0;
  setTimeout(() => seen = steps);
  await train(task(device, { onStep: () => steps++ }));
  assertGreater(seen, 0);
  assertGreater(steps, seen);
});

deviceTest("a loss that is no number is an error", async (device) => {
  await assertRejects(
    () => train(task(device, { lr: 1e38 })),
    TrainingError,
    "expected a finite number",
  );
});

Deno.test("epochs are a whole number", async () => {
  await assertRejects(
    () => Trainer.open({ ...task(null!), epochs: 1.5 }),
    RangeError,
    "train: epochs: expected a whole number of at least 1, got 1.5",
  );
});
