import {
  assert,
  assertEquals,
  assertGreater,
  assertLess,
  assertRejects,
} from "@std/assert";
import { join } from "@std/path";
import {
  Conv2d,
  crossEntropy,
  CrossEntropyLoss,
  DataError,
  type Dataset,
  type EpochResult,
  type ItemDataset,
  Linear,
  metrics,
  mseLoss,
  sub,
  take,
  type Tensor,
  TensorDataset,
  train,
  Trainer,
  type TrainOptions,
} from "../../mod.ts";
import type { Device } from "../../src/devices/device.ts";
import { deviceTest } from "../_devices.ts";
import { assertClose } from "../close.ts";
import { temporaryFolder } from "../temporary_folder.ts";
import { smallTraining } from "./_task.ts";

/** Rows (a, b) with the targets (3a − b + 1, a / 2). */
function plane(length: number, seed: number): TensorDataset {
  const x = Float32Array.from(
    { length: 2 * length },
    (_, i) => (i * i * i + seed * i) % 17 / 8 - 1,
  );
  const y = x.map((value, i) =>
    i % 2 === 0 ? 3 * value - x[i + 1] + 1 : x[i - 1] / 2
  );
  return new TensorDataset(x, y, { rowShape: [2], targetShape: [2] });
}

function regression(device: Device, options: TrainOptions = {}): TrainOptions {
  return {
    device,
    model: new Linear(2, 2),
    loss: mseLoss,
    metrics: [metrics.meanAbsoluteError()],
    trainData: plane(50, 1),
    testData: plane(30, 2),
    ...{ batchSize: 8, epochs: 4, lr: 0.05, seed: 3 },
    ...options,
  };
}

/** What does not depend on the clock. */
function numbers(epoch: EpochResult): object {
  const { trainSeconds: _t, evalSeconds: _e, imagesPerSecond: _i, ...rest } =
    epoch;
  return rest;
}

/** The same rows, given one by one. */
function streamed(dataset: TensorDataset): ItemDataset {
  const { inputs, length, targets } = dataset;
  return {
    ...{ length, rowShape: inputs.rowShape, classes: targets.classes },
    targetShape: targets.rowShape,
    get: (index) => Promise.resolve(dataset.get(index)),
  };
}

deviceTest("a regression has PyTorch's numbers", async (device) => {
  const { history } = await train(regression(device));
  const found = history.map((epoch) => [
    ...[epoch.loss, epoch.metrics!.meanAbsoluteError],
    ...[epoch.valLoss, epoch.valMetrics!.meanAbsoluteError],
  ]);
  // torch.manual_seed(3); nn.Linear(2, 2); DataLoader(shuffle=True); Adam;
  // mse_loss; l1_loss of the same outputs.
  const expected = [
    [3.499797, 1.266136, 3.699732, 1.392994],
    [2.065258, 1.022151, 2.851577, 1.143776],
    [1.883055, 0.8676114, 2.259729, 0.9950699],
    [1.376016, 0.7696903, 1.780739, 0.8867713],
  ];
  // Worst measured: 6.7e-7.
  const tolerance = { atol: 2e-6, rtol: 0 };
  assertClose(found.flat(), expected.flat(), tolerance, "losses and errors");
});

deviceTest("a regression finds its plane", async (device) => {
  const { history, metrics: last, model } = await train(
    regression(device, { epochs: 30 }),
  );
  const state = await model.stateDict();
  const tolerance = { atol: 0.02, rtol: 0 };
  const weight = Array.from(state.get("weight")!.data, Number);
  assertClose(weight, [3, -1, 0.5, 0], tolerance, "weight");
  const bias = Array.from(state.get("bias")!.data, Number);
  assertClose(bias, [1, 0], tolerance, "bias");
  assertEquals([last.acc, last.valAcc], [NaN, NaN]);
  assertLess(last.valMetrics!.meanAbsoluteError, 0.01);
  assertGreater(history[0].metrics!.meanAbsoluteError, 0.5);
});

deviceTest("a stream trains as arrays do, bit for bit", async (device) => {
  const result = await train(regression(device));
  const stream = await train(regression(device, {
    trainData: streamed(plane(50, 1)),
    testData: streamed(plane(30, 2)),
  }));
  assertEquals(stream.history.map(numbers), result.history.map(numbers));
  assertEquals(await stream.model.stateDict(), await result.model.stateDict());
});

deviceTest("cross-entropy as a loss is the default, slower", async (device) => {
  const task = (options: TrainOptions): TrainOptions =>
    smallTraining(device, { batchSize: 8, epochs: 3, seed: 3, ...options });
  const plain = await train(task({}));
  for (const loss of [crossEntropy, new CrossEntropyLoss()]) {
    const own = await train(task({ loss }));
    assertEquals(own.history.map(numbers), plain.history.map(numbers));
    assertEquals(await own.model.stateDict(), await plain.model.stateDict());
  }
  const measured = await train(task({
    metrics: [metrics.accuracy(), metrics.topK(2), metrics.f1()],
  }));
  assertEquals(
    await measured.model.stateDict(),
    await plain.model.stateDict(),
  );
  for (const [i, epoch] of measured.history.entries()) {
    const { metrics: own, valMetrics, ...rest } = epoch;
    assertEquals(numbers(rest), numbers(plain.history[i]));
    assertEquals(own?.accuracy, epoch.acc);
    assertEquals(valMetrics?.accuracy, epoch.valAcc);
    assertEquals(Object.keys(own!), ["accuracy", "top2", "f1"]);
  }
});

deviceTest("a step with metrics allocates nothing", async (device) => {
  const seen: object[] = [];
  await train(regression(device, {
    onStep: ({ epoch, step, steps }) => {
      if (epoch !== 2 || step === steps) return;
      const { allocations, bindGroups } = device.counters;
      seen.push({ allocations, bindGroups });
    },
  }));
  assertEquals(seen.length, 6);
  assertEquals(
    new Set(seen.map((counters) => JSON.stringify(counters))).size,
    1,
  );
});

deviceTest(
  "a regression that stops within an epoch goes on to the byte",
  async (device) => {
    await using folder = await temporaryFolder();
    const [whole, parts] = ["whole", "parts"].map((name) =>
      join(folder.path, `${name}.safetensors`)
    );
    const result = await train(regression(device, { checkpoint: whole }));
    const stop = new AbortController();
    await assertRejects(
      () =>
        train(regression(device, {
          checkpoint: parts,
          signal: stop.signal,
          onStep: ({ epoch, step }) =>
            epoch === 2 && step === 3 && stop.abort(new Error("enough")),
        })),
      Error,
      "enough",
    );
    const resume = { checkpoint: parts, resume: parts };
    const { history } = await train(regression(device, resume));
    assertEquals(history.map(numbers), result.history.map(numbers));
    assertEquals(await Deno.readFile(parts), await Deno.readFile(whole));
    await assertRejects(
      () => Trainer.open(regression(device, { resume: parts, metrics: [] })),
      SyntaxError,
      "checkpoint: metric meanAbsoluteError: expected a metric of the training",
    );
  },
  ["read", "write"],
);

deviceTest("without accuracy the lowest loss is best", async (device) => {
  const options = regression(device, { patience: 2, lr: 2, epochs: 9 });
  using trainer = await Trainer.open(options);
  for await (const _epoch of trainer.epochs());
  const losses = trainer.history.map(({ valLoss }) => valLoss);
  const best = losses.indexOf(Math.min(...losses));
  assertEquals(trainer.best, trainer.history[best]);
  assert(trainer.history.length === best + 3 || best > 6);
});

deviceTest("options that do not fit are refused", async (device) => {
  const cases: [TrainOptions, new () => Error, string][] = [
    [
      { batch_size: 3 } as TrainOptions,
      TypeError,
      "train: unknown option batch_size, did you mean batchSize?",
    ],
    [{ loss: undefined }, TypeError, "loss: expected one for targets that are"],
    [
      { model: undefined },
      TypeError,
      "train: targets that are no labels: expected a model, got none. Help: ",
    ],
    [{ targetAcc: 0.9 }, TypeError, "expected no targetAcc, got 0.9. Help: "],
    [
      { labelSmoothing: 0.1 },
      RangeError,
      "train: labelSmoothing: expected none beside a loss",
    ],
  ];
  for (const [options, kind, message] of cases) {
    const running = () => Trainer.open(regression(device, options));
    await assertRejects(running, kind, message);
  }
  const rows = (output: Tensor, targets: Tensor) => sub(output, targets);
  await assertRejects(
    () => train(regression(device, { loss: rows })),
    RangeError,
    "loss of a batch: expected one number, the mean over the batch, got shape [8, 2]",
  );
});

deviceTest("rows of a stream are limited and held out", async (device) => {
  const trainData: Dataset = streamed(plane(50, 1));
  const options = regression(device, {
    trainData,
    limit: 40,
    valFraction: 0.2,
  });
  using trainer = await Trainer.open(options);
  assertEquals([trainer.rows, trainer.valData.length], [32, 8]);
  using resident = await Trainer.open({
    ...options,
    model: new Linear(2, 2),
    trainData: take(plane(50, 1), 40),
    limit: 0,
  });
  for await (const epoch of trainer.epochs()) {
    for await (const same of resident.epochs()) {
      assertEquals(numbers(epoch), numbers(same));
      break;
    }
  }
});

deviceTest(
  "labels of every pixel have cross-entropy by default",
  async (device) => {
    const pixels = Float32Array.from({ length: 8 * 16 }, (_, i) => i % 5 - 2);
    const labels = Int32Array.from(pixels, (value) => value > 0 ? 1 : 0);
    const data = new TensorDataset(pixels, labels, {
      ...{ rowShape: [1, 4, 4], targetShape: [4, 4], classes: 2 },
    });
    const { history } = await train({
      ...{ device, trainData: data, testData: data, lr: 0.2 },
      model: new Conv2d(1, 2, 1),
    });
    assertEquals(history[0].acc, NaN);
    assertLess(history[9].valLoss, history[0].valLoss / 2);
  },
);

deviceTest("a source that fails in an epoch is named, once", async (device) => {
  const rows = plane(50, 1);
  let asked = 0;
  const trainData: ItemDataset = {
    ...streamed(rows),
    get(index) {
      if (++asked === 70) throw new Error("disk on fire");
      return rows.get(index);
    },
  };
  const steps: number[] = [];
  const onStep = ({ step }: { step: number }) => steps.push(step);
  using trainer = await Trainer.open(
    regression(device, { trainData, onStep }),
  );
  const running = async () => {
    for await (const _epoch of trainer.epochs());
  };
  await assertRejects(
    running,
    DataError,
    "expected an item, got an error: disk on fire. Help: ",
  );
  // The second epoch's third batch fails while the second one trains.
  assertEquals(steps, [1, 2, 3, 4, 5, 6, 7, 1, 2]);
});
