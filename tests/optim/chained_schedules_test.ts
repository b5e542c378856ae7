/** Schedules of one optimizer, stepped one after another. */
import { assertEquals } from "@std/assert";
import type { Device } from "../../src/devices/device.ts";
import { type Optimizer, SGD } from "../../src/optim/mod.ts";
import {
  CosineAnnealingLR,
  ExponentialLR,
  LambdaLR,
  LinearLR,
  type LRScheduler,
  MultiStepLR,
  ReduceLROnPlateau,
  SequentialLR,
  StepLR,
} from "../../src/optim/schedules/mod.ts";
import { deviceTest } from "../_devices.ts";
import { assertClose } from "../close.ts";
import { Golden } from "../golden.ts";
import { testWith } from "../permissions.ts";
import { Values } from "./_values.ts";

const golden = await Golden.read("optim");

type Schedule = LRScheduler | ReduceLROnPlateau;

const chains: Record<string, (optimizer: Optimizer) => Schedule[]> = {
  factors: (optimizer) => [
    new LinearLR(optimizer, {
      startFactor: 0.1,
      endFactor: 0.8,
      totalIters: 4,
    }),
    new ExponentialLR(optimizer, 0.9),
    new MultiStepLR(optimizer, [0, 5, 11], 0.3),
    new StepLR(optimizer, 7, 0.5),
  ],
  cosine: (optimizer) => [
    new CosineAnnealingLR(optimizer, 40, 0.001),
    new StepLR(optimizer, 9, 0.5),
  ],
  cosineToZero: (optimizer) => [
    new CosineAnnealingLR(optimizer, 8),
    new ExponentialLR(optimizer, 0.95),
  ],
  absolute: (optimizer) => [
    new StepLR(optimizer, 2, 0.5),
    new LambdaLR(optimizer, (step) => 1 / (1 + step)),
    new ExponentialLR(optimizer, 0.5),
  ],
  sequential: (optimizer) => [
    new SequentialLR(optimizer, {
      schedulers: [
        new LinearLR(optimizer, { startFactor: 0.1, totalIters: 4 }),
        new StepLR(optimizer, 5, 0.3),
      ],
      milestones: [6],
    }),
    new ExponentialLR(optimizer, 0.9),
  ],
  vanishing: (optimizer) => [
    new LinearLR(optimizer, { startFactor: 1, endFactor: 0, totalIters: 6 }),
    new StepLR(optimizer, 2, 0.5),
  ],
  plateau: (optimizer) => [
    new LinearLR(optimizer, { startFactor: 0.1, totalIters: 5 }),
    new ReduceLROnPlateau(optimizer, { factor: 0.5, patience: 1 }),
  ],
};

/** An optimizer of two groups, as the goldens have it. */
function grouped(device: Device): SGD {
  const { all } = new Values([0], [0]).to(device);
  return new SGD([
    { params: [all[0]], lr: 0.1 },
    { params: [all[1]], lr: 0.02 },
  ]);
}

testWith("read")("every chain of the goldens is tried", () => {
  const stored = [...golden.tensors.keys()]
    .filter((name) => name.startsWith("chains."));
  const tried = Object.keys(chains).map((name) => `chains.${name}`);
  assertEquals(stored.toSorted(), tried.toSorted());
});

for (const [name, make] of Object.entries(chains)) {
  deviceTest(`${name}: schedules in a row have PyTorch's rates`, (device) => {
    const expected = golden.numbers(`chains.${name}`);
    let optimizer = grouped(device);
    let schedules = make(optimizer);
    const rates: number[] = [];
    for (const [step, metric] of golden.numbers("metrics").entries()) {
      rates.push(...optimizer.paramGroups.map(({ lr }) => lr));
      if (step === 9) optimizer.paramGroups[0].lr = 0.03;
      for (const schedule of schedules) schedule.step(metric);
      if (step !== 13) continue;
      // Others go on from here, their states as text in between.
      const states = schedules.map((schedule) =>
        JSON.parse(JSON.stringify(schedule.stateDict()))
      );
      optimizer = grouped(device);
      schedules = make(optimizer);
      schedules.forEach((schedule, at) => schedule.loadStateDict(states[at]));
    }
    // Worst measured: 4.4e-16 absolute.
    assertClose(rates, expected, { atol: 1e-14, rtol: 1e-12 }, name);
  }, ["read"]);
}

deviceTest("a rate below the least one never falls below 0", (device) => {
  const optimizer = grouped(device);
  const schedule = new CosineAnnealingLR(optimizer, 4, 0.05);
  for (let step = 0; step < 8; step++) {
    optimizer.lr = 1e-4;
    schedule.step();
    for (const { lr } of optimizer.paramGroups) assertEquals(lr >= 0, true);
  }
});

deviceTest("a state without rates has those of its steps", (device) => {
  const optimizer = grouped(device);
  const schedule = new StepLR(optimizer, 2, 0.5);
  schedule.loadStateDict({ steps: 5, baseLrs: [0.4, 0.8] });
  assertEquals(schedule.getLastLr(), [0.1, 0.2]);
});
