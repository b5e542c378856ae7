import { assertEquals, assertThrows } from "@std/assert";
import type { Parameter } from "../../src/nn/parameter.ts";
import { Linear } from "../../src/nn/linear.ts";
import {
  CosineAnnealingLR,
  LinearLR,
  type LRScheduler,
  OneCycleLR,
  SequentialLR,
  StepLR,
} from "../../src/optim/schedules/mod.ts";
import { type Optimizer, SGD } from "../../src/optim/mod.ts";
import type { Device } from "../../src/devices/device.ts";
import { capture } from "../../src/core/capture.ts";
import { deviceTest } from "../_devices.ts";
import { assertClose } from "../close.ts";
import training from "../golden/training.json" with { type: "json" };

function sgd(device: Device): SGD {
  const model = new Linear(1, 1, { bias: false }).to(device, { seed: 0 });
  return new SGD(model.parameters(), { lr: 0.1 });
}

const schedules: Record<
  keyof typeof training.schedules,
  (optimizer: Optimizer) => LRScheduler
> = {
  step: (optimizer) => new StepLR(optimizer, { stepSize: 3, gamma: 0.5 }),
  cosine: (optimizer) =>
    new CosineAnnealingLR(optimizer, { tMax: 8, etaMin: 0.01 }),
  linear: (optimizer) =>
    new LinearLR(optimizer, { startFactor: 0.25, totalIters: 5 }),
  "one-cycle": (optimizer) =>
    new OneCycleLR(optimizer, { maxLr: 0.3, totalSteps: 12 }),
  sequential: (optimizer) =>
    new SequentialLR(optimizer, {
      schedulers: [
        new LinearLR(optimizer, { startFactor: 0.2, totalIters: 4 }),
        new CosineAnnealingLR(optimizer, { tMax: 8 }),
      ],
      milestones: [4],
    }),
};

for (const [name, make] of Object.entries(schedules)) {
  deviceTest(`the ${name} schedule has PyTorch's rates`, (device) => {
    const optimizer = sgd(device);
    const schedule = make(optimizer);
    const rates: number[] = [];
    for (let step = 0; step < 12; step++) {
      rates.push(schedule.lastLr);
      schedule.step();
    }
    const expected = training.schedules[name as keyof typeof schedules];
    // Worst measured: 3e-17 absolute; PyTorch works recursively.
    assertClose(rates, expected, { atol: 1e-14, rtol: 1e-12 }, name);
    schedule.steps = 7;
    assertEquals(optimizer.lr, rates[7]);
  });
}

deviceTest("a captured step follows the schedule", async (device) => {
  const optimizer = sgd(device);
  const [{ tensor }] = optimizer.parameters as Parameter[];
  const schedule = new StepLR(optimizer, { stepSize: 1, gamma: 0.5 });
  tensor.claimGradient();
  device.write(tensor.grad!.buffer, Float32Array.of(1));
  using step = capture(device, () => optimizer.step());
  const values = [await tensor.item()];
  for (let count = 0; count < 3; count++) {
    step();
    schedule.step();
    values.push(await tensor.item());
  }
  const moves = [0, 1, 2].map((i) => values[i] - values[i + 1]);
  // Worst measured: 6e-9.
  assertClose(moves, [0.1, 0.05, 0.025], { atol: 2e-7, rtol: 0 }, "moves");
});

deviceTest("a schedule without steps is refused", (device) => {
  const optimizer = sgd(device);
  assertThrows(
    () => new StepLR(optimizer, { stepSize: 0 }),
    RangeError,
    "StepLR: stepSize: expected a whole number of at least 1, got 0",
  );
  assertThrows(
    () => new SequentialLR(optimizer, { schedulers: [], milestones: [1] }),
    RangeError,
    "SequentialLR: milestones",
  );
});
