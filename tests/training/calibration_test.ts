import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertLess,
  assertThrows,
} from "@std/assert";
import {
  crossEntropy,
  evaluate,
  Identity,
  type Layer,
  metrics,
  readWeights,
  TensorDataset,
  train,
  Trainer,
} from "../../mod.ts";
import type { Device } from "../../src/devices/device.ts";
import { CpuDevice } from "../../src/devices/cpu/cpu_device.ts";
import { predictRows } from "../../src/training/mod.ts";
import { deviceTest } from "../_devices.ts";
import { testWith } from "../permissions.ts";
import { temporaryFolder } from "../temporary_folder.ts";
import { uniform } from "../reference.ts";
import { rowsDataset, smallNetwork } from "./_task.ts";

const classes = 4;

/** Rows of logits, of which some are right. */
function logitsOf(rows: number, size: number): TensorDataset {
  const noise = uniform(rows * classes, 5);
  const labels = Array.from({ length: rows }, (_, row) => row * 7 % classes);
  const logits = Float32Array.from(noise, (value, at) => {
    const isLabel = at % classes === labels[Math.floor(at / classes)];
    return size * (value + (isLabel ? 1 : 0));
  });
  return new TensorDataset(logits, labels, { rowShape: [classes], classes });
}

/** The definition, row by row. */
function expectedError(
  { inputs, targets }: TensorDataset,
  temperature: number,
  bins: number,
): number {
  const found = Array.from({ length: bins }, () => ({ sure: 0, right: 0 }));
  const rows = targets.data.length;
  for (let row = 0; row < rows; row++) {
    const own = Array.from(
      inputs.data.subarray(row * classes, (row + 1) * classes),
      (logit) => Math.exp(logit / temperature),
    );
    const largest = Math.max(...own);
    const probability = largest / own.reduce((sum, power) => sum + power, 0);
    const bin = found[Math.floor(probability * bins)];
    bin.sure += probability;
    if (own.indexOf(largest) === targets.data[row]) bin.right++;
  }
  return found.reduce(
    (sum, { right, sure }) => sum + Math.abs(right - sure),
    0,
  ) / rows;
}

async function errorOf(
  device: Device,
  data: TensorDataset,
  options: metrics.CalibrationErrorOptions = {},
): Promise<number> {
  const metric = metrics.calibrationError(options);
  const found = await evaluate(device, new Identity().to(device), data, {
    batchSize: 30,
    metrics: [metric],
  });
  return found.metrics[metric.name];
}

deviceTest(
  "the calibration error is that of the definition",
  async (device) => {
    const data = logitsOf(200, 3);
    for (const temperature of [1, 2.5]) {
      for (const bins of [1, 15]) {
        const found = await errorOf(device, data, { bins, temperature });
        const expected = expectedError(data, temperature, bins);
        assertAlmostEquals(found, expected, 1e-6);
      }
    }
  },
);

deviceTest("the temperature has the least cross-entropy", async (device) => {
  const data = logitsOf(200, 5);
  const model = new Identity().to(device);
  const best = await metrics.findTemperature(device, model, data);
  const lossAt = async (temperature: number) => {
    const cooled = new TensorDataset(
      data.inputs.data.map((logit) => logit / temperature) as Float32Array,
      data.targets.data,
      { rowShape: [classes], classes },
    );
    return (await evaluate(device, model, cooled, { batchSize: 200 })).loss;
  };
  const least = await lossAt(best);
  for (const other of [best * 0.95, best * 1.05, 1]) {
    assertLess(least, await lossAt(other));
  }
  // Twice as large logits are twice as hot.
  const twice = logitsOf(200, 10);
  const hotter = await metrics.findTemperature(device, model, twice);
  assertAlmostEquals(hotter / best, 2, 1e-4);
  const before = await errorOf(device, twice);
  const after = await errorOf(device, twice, { temperature: hotter });
  assertLess(after, before / 2);
});

Deno.test("nothing tells a temperature where all are right, or none", async () => {
  using device = CpuDevice.open({ threads: 1 });
  const model = new Identity().to(device);
  for (const label of [0, 1]) {
    const data = new TensorDataset(new Float32Array([3, 0]), [label], {
      rowShape: [2],
      classes: 2,
    });
    assertEquals(await metrics.findTemperature(device, model, data), 1);
  }
  const numbers = new TensorDataset(new Float32Array([3, 0]), [1, 2], {
    rowShape: [1],
  });
  assertEquals(await metrics.findTemperature(device, model, numbers), 1);
});

Deno.test("wrong options of the calibration error are refused", () => {
  for (const temperature of [0, -1, NaN, Infinity]) {
    const make = () => metrics.calibrationError({ temperature });
    assertThrows(make, RangeError, "temperature: expected a number above 0");
  }
  for (const bins of [0, 1.5]) {
    const make = () => metrics.calibrationError({ bins });
    assertThrows(make, RangeError, "bins: expected a whole number");
  }
});

/** Data on which a small network is sometimes wrong. */
const noisy = (rows: number, seed: number) => {
  const { inputs, targets } = rowsDataset(rows, seed);
  const labels = targets.data.map((label, row) => row % 6 === 0 ? 0 : label);
  const layout = { rowShape: [1, 6, 6], classes: 3 };
  return new TensorDataset(inputs.data as Float32Array, labels, layout);
};

const task = () => ({
  model: smallNetwork() as Layer,
  trainData: noisy(120, 1),
  testData: noisy(90, 2),
  epochs: 4,
  batchSize: 30,
  lr: 0.02,
});

Deno.test("a training ends with the temperature of what it was measured on", async () => {
  using device = CpuDevice.open({ threads: 1 });
  using trainer = await Trainer.open({ device, ...task() });
  assertEquals([trainer.temperature, trainer.metadata.temperature], [
    1,
    undefined,
  ]);
  for await (const _epoch of trainer.epochs());
  const { metadata, model, temperature, valData } = trainer;
  assert(temperature !== 1);
  assertEquals(
    temperature,
    await metrics.findTemperature(device, model, valData),
  );
  assertEquals(Number(metadata.temperature), temperature);
  assertEquals((await train({ device, ...task() })).temperature, temperature);
});

for (const more of [{}, { emaDecay: 0.5 }, { patience: 2 }]) {
  Deno.test(`predictions are the trained model's: ${Deno.inspect(more)}`, async () => {
    using device = CpuDevice.open({ threads: 1 });
    const data = noisy(95, 2);
    const { model, predictions } = await train({
      device,
      ...task(),
      testData: data,
      ...more,
    });
    assertEquals(predictions?.length, 95);
    assertEquals(predictions, await predictRows(device, model, data));
  });
}

Deno.test("a loss of one's own has no temperature", async () => {
  using device = CpuDevice.open({ threads: 1 });
  const loss = crossEntropy;
  using trainer = await Trainer.open({ device, loss, ...task() });
  for await (const _epoch of trainer.epochs());
  assertEquals(trainer.temperature, 1);
});

testWith("read", "write")(
  "the best weights beside a checkpoint have their own temperature",
  async () => {
    using device = CpuDevice.open({ threads: 1 });
    await using folder = await temporaryFolder();
    const checkpoint = `${folder.path}/checkpoint.safetensors`;
    const { model, temperature, valData } = await train({
      ...{ device, checkpoint },
      ...task(),
    });
    const last = await model.stateDict();
    const { metadata, tensors } = await readWeights(
      `${folder.path}/checkpoint.best.safetensors`,
    );
    model.loadStateDict(tensors);
    const own = await metrics.findTemperature(device, model, valData);
    assertEquals(Number(metadata.temperature), own);
    model.loadStateDict(last);
    assertEquals(
      await metrics.findTemperature(device, model, valData),
      temperature,
    );
  },
);
