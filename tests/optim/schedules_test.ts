import { assertEquals, assertThrows } from "@std/assert";
import type { Parameter } from "../../src/nn/parameter.ts";
import { Linear } from "../../src/nn/linear.ts";
import {
  CosineAnnealingLR,
  ExponentialLR,
  LambdaLR,
  LinearLR,
  LRScheduler,
  MultiStepLR,
  OneCycleLR,
  ReduceLROnPlateau,
  SequentialLR,
  StepLR,
} from "../../src/optim/schedules/mod.ts";
import { type Optimizer, SGD } from "../../src/optim/mod.ts";
import { CpuDevice } from "../../src/devices/cpu/cpu_device.ts";
import type { Device } from "../../src/devices/device.ts";
import { capture } from "../../src/core/capture.ts";
import { Tensor } from "../../src/core/tensor.ts";
import { deviceTest } from "../_devices.ts";
import { StateDictError } from "../../src/base/errors.ts";
import { assertClose } from "../close.ts";
import { Golden } from "../golden.ts";
import { testWith } from "../permissions.ts";
import { Values } from "./_values.ts";
import training from "../golden/training.json" with { type: "json" };

const permittedTest = testWith("read");

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
      rates.push(schedule.getLastLr()[0]);
      schedule.step();
    }
    const expected = training.schedules[name as keyof typeof schedules];
    // Worst measured: 3e-17 absolute; PyTorch works recursively.
    assertClose(rates, expected, { atol: 1e-14, rtol: 1e-12 }, name);
    schedule.steps = 7;
    assertEquals(optimizer.lr, rates[7]);
  });
}

const golden = await Golden.read("optim");

/** An optimizer of two groups, as the goldens have it. */
function grouped(device: Device): SGD {
  const { all } = new Values([0], [0]).to(device);
  return new SGD([
    { params: [all[0]], lr: 0.1 },
    { params: [all[1]], lr: 0.02 },
  ]);
}

const ofGroups: Record<
  string,
  (optimizer: Optimizer) => LRScheduler | ReduceLROnPlateau
> = {
  step: (optimizer) => new StepLR(optimizer, { stepSize: 7, gamma: 0.5 }),
  multiStep: (optimizer) =>
    new MultiStepLR(optimizer, { milestones: [3, 10, 10, 21], gamma: 0.3 }),
  exponential: (optimizer) => new ExponentialLR(optimizer, { gamma: 0.9 }),
  cosine: (optimizer) =>
    new CosineAnnealingLR(optimizer, { tMax: 12, etaMin: 0.001 }),
  linear: (optimizer) =>
    new LinearLR(optimizer, {
      startFactor: 0.5,
      endFactor: 0.1,
      totalIters: 20,
    }),
  lambda: (optimizer) =>
    new LambdaLR(optimizer, { lrLambda: (step) => 0.95 ** step }),
  lambdas: (optimizer) =>
    new LambdaLR(optimizer, {
      lrLambda: [(step) => 1 / (1 + step), (step) => step % 5],
    }),
  oneCycle: (optimizer) =>
    new OneCycleLR(optimizer, { maxLr: 0.3, totalSteps: 30 }),
  oneCycleLinear: (optimizer) =>
    new OneCycleLR(optimizer, {
      maxLr: [0.3, 0.5],
      epochs: 5,
      stepsPerEpoch: 6,
      pctStart: 0.4,
      divFactor: 10,
      finalDivFactor: 100,
      annealStrategy: "linear",
    }),
  oneCycleThreePhase: (optimizer) =>
    new OneCycleLR(optimizer, {
      maxLr: 0.3,
      totalSteps: 30,
      threePhase: true,
    }),
  sequential: (optimizer) =>
    new SequentialLR(optimizer, {
      schedulers: [
        new LinearLR(optimizer, { startFactor: 0.1, totalIters: 5 }),
        new MultiStepLR(optimizer, { milestones: [4, 8], gamma: 0.5 }),
        new CosineAnnealingLR(optimizer, { tMax: 9 }),
      ],
      milestones: [5, 18],
    }),
  plateau: (optimizer) =>
    new ReduceLROnPlateau(optimizer, { factor: 0.5, patience: 2 }),
  plateauMax: (optimizer) =>
    new ReduceLROnPlateau(optimizer, {
      mode: "max",
      factor: 0.3,
      patience: 1,
      threshold: 0.05,
      thresholdMode: "abs",
      cooldown: 3,
      minLr: [0.01, 0.0001],
    }),
  plateauMaxRelative: (optimizer) =>
    new ReduceLROnPlateau(optimizer, {
      mode: "max",
      patience: 0,
      threshold: 0.02,
      eps: 1e-4,
    }),
  plateauMinAbsolute: (optimizer) =>
    new ReduceLROnPlateau(optimizer, {
      factor: 0.9,
      patience: 1,
      threshold: 0.01,
      thresholdMode: "abs",
    }),
};

permittedTest("every schedule of the goldens is tried", () => {
  const stored = [...golden.tensors.keys()]
    .filter((name) => name.startsWith("schedules."));
  const tried = Object.keys(ofGroups).map((name) => `schedules.${name}`);
  assertEquals(stored.toSorted(), tried.toSorted());
});

for (const [name, make] of Object.entries(ofGroups)) {
  deviceTest(`${name}: the rates of groups are PyTorch's`, (device) => {
    const expected = golden.numbers(`schedules.${name}`);
    const metrics = golden.numbers("metrics");
    let optimizer = grouped(device);
    let schedule = make(optimizer);
    const rates: number[] = [];
    for (const [step, metric] of metrics.entries()) {
      rates.push(...schedule.getLastLr());
      schedule.step(metric);
      if (step !== 13) continue;
      // Another schedule goes on from here, its state as text in between.
      const state = JSON.parse(JSON.stringify(schedule.stateDict()));
      const before = optimizer.paramGroups;
      optimizer = grouped(device);
      schedule = make(optimizer);
      // Only a plateau's rates do not follow from the number of steps.
      for (const [index, { lr }] of before.entries()) {
        if (schedule instanceof LRScheduler) break;
        optimizer.paramGroups[index].lr = lr;
      }
      schedule.loadStateDict(state);
    }
    // Worst measured: 3e-17 absolute; PyTorch works recursively.
    assertClose(rates, expected, { atol: 1e-14, rtol: 1e-12 }, name);
  }, ["read"]);
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

deviceTest("wrong arguments of a schedule are refused by name", (device) => {
  const optimizer = sgd(device);
  const ranges: [() => unknown, string][] = [
    [
      () => new StepLR(optimizer, { stepSize: 0 }),
      "StepLR: stepSize: expected a whole number of at least 1, got 0",
    ],
    [
      () => new SequentialLR(optimizer, { schedulers: [], milestones: [1] }),
      "SequentialLR: milestones",
    ],
    [
      () => new OneCycleLR(optimizer, { maxLr: [1, 2], totalSteps: 5 }),
      "OneCycleLR: maxLr: expected 1, one for each group",
    ],
    [() => new LinearLR(optimizer, { startFactor: 1.5 }), "startFactor"],
    [() => new LinearLR(optimizer, { endFactor: 1.5 }), "endFactor"],
    [() => new LinearLR(optimizer, { totalIters: 0 }), "LinearLR: totalIters"],
    [
      () => new CosineAnnealingLR(optimizer, { tMax: 0 }),
      "CosineAnnealingLR: tMax",
    ],
    [
      () => new OneCycleLR(optimizer, { maxLr: 1, totalSteps: 0 }),
      "OneCycleLR: totalSteps",
    ],
    [
      () =>
        new OneCycleLR(optimizer, { maxLr: 1, epochs: 2, stepsPerEpoch: 0.5 }),
      "OneCycleLR: stepsPerEpoch",
    ],
    [
      () => new OneCycleLR(optimizer, { maxLr: 1, totalSteps: 2, pctStart: 2 }),
      "OneCycleLR: pctStart",
    ],
    [
      () => new ReduceLROnPlateau(optimizer, { factor: 1 }),
      "ReduceLROnPlateau: factor: expected a number from 0 to below 1, got 1",
    ],
  ];
  for (const [make, message] of ranges) {
    assertThrows(make, RangeError, message);
  }
  const types: [() => unknown, string][] = [
    [
      () =>
        new ReduceLROnPlateau(optimizer).step(
          Tensor.zeros(device, [1]) as never,
        ),
      "ReduceLROnPlateau.step: metric: expected a number, got Tensor([1], f32, ",
    ],
    [
      () => new ReduceLROnPlateau(optimizer).step(undefined as never),
      "ReduceLROnPlateau.step: metric: expected a number, got none. Help: ",
    ],
    [
      () => new StepLR(optimizer, { step_size: 1 } as never),
      "StepLR: unknown option step_size, did you mean stepSize?",
    ],
    [
      () => new ReduceLROnPlateau(optimizer, { mode: "least" as "min" }),
      'ReduceLROnPlateau: mode: expected "min" or "max", got "least"',
    ],
    [
      () =>
        new ReduceLROnPlateau(optimizer, { thresholdMode: "part" as "rel" }),
      'ReduceLROnPlateau: thresholdMode: expected "rel" or "abs", got "part"',
    ],
    [() => new StepLR(optimizer, null as never), "StepLR: options"],
    [() => new ExponentialLR(optimizer, {} as never), "gamma: expected an opt"],
    [
      () => new OneCycleLR(optimizer, { maxLr: 1, epochs: 2 }),
      "OneCycleLR: stepsPerEpoch: expected an option of this name",
    ],
    [
      () =>
        new SequentialLR(optimizer, {
          schedulers: [new ReduceLROnPlateau(optimizer) as never],
          milestones: [],
        }),
      "got a ReduceLROnPlateau",
    ],
  ];
  for (const [make, message] of types) {
    assertThrows(make, TypeError, message);
  }
  assertThrows(
    () =>
      new ExponentialLR(optimizer, { gamma: 1 })
        .loadStateDict({ steps: 1, baseLrs: [1, 2] }),
    StateDictError,
    "expected 1 rates, one for each group, got 2",
  );
});

Deno.test("the defaults of schedules are PyTorch's", () => {
  const device = CpuDevice.open();
  const { linear, oneCycle, plateau } = {
    linear: { startFactor: 1 / 3, endFactor: 1, totalIters: 5 },
    oneCycle: {
      pctStart: 0.3,
      annealStrategy: "cos",
      divFactor: 25,
      finalDivFactor: 1e4,
      threePhase: false,
    },
    plateau: {
      mode: "min",
      factor: 0.1,
      patience: 10,
      threshold: 1e-4,
      thresholdMode: "rel",
      cooldown: 0,
      minLr: 0,
      eps: 1e-8,
    },
  } as const;
  type Make = (optimizer: Optimizer) => LRScheduler | ReduceLROnPlateau;
  const pairs: [Make, Make][] = [
    [(o) => new StepLR(o, 3), (o) => new StepLR(o, 3, { gamma: 0.1 })],
    [
      (o) => new MultiStepLR(o, [2, 4]),
      (o) => new MultiStepLR(o, [2, 4], { gamma: 0.1 }),
    ],
    [
      (o) => new CosineAnnealingLR(o, 8),
      (o) => new CosineAnnealingLR(o, 8, { etaMin: 0 }),
    ],
    [(o) => new LinearLR(o), (o) => new LinearLR(o, linear)],
    [
      (o) => new OneCycleLR(o, { maxLr: 0.3, totalSteps: 30 }),
      (o) => new OneCycleLR(o, { maxLr: 0.3, totalSteps: 30, ...oneCycle }),
    ],
    [(o) => new ReduceLROnPlateau(o), (o) => new ReduceLROnPlateau(o, plateau)],
  ];
  // Improves by less and by more than the threshold, then no more for long.
  const metrics = [1, 0.99985, 0.99977, ...new Array<number>(100).fill(0.9999)];
  for (const pair of pairs) {
    const [own, pytorch] = pair.map((make) => {
      const optimizer = sgd(device);
      const schedule = make(optimizer);
      return metrics.map((metric) => {
        schedule.step(metric);
        return optimizer.lr;
      });
    });
    assertEquals(own, pytorch);
  }
});

Deno.test("a plateau counts its steps", () => {
  const schedule = new ReduceLROnPlateau(sgd(CpuDevice.open()));
  for (const metric of [1, 2, 3]) schedule.step(metric);
  assertEquals(schedule.stateDict(), {
    steps: 3,
    best: 1,
    numBadEpochs: 2,
    cooldownCounter: 0,
  });
});

deviceTest(
  "arguments may stand by position, as in PyTorch",
  (device) => {
    const optimizer = sgd(device);
    const fall = (steps: number) => 1 / (1 + steps);
    const pairs: [LRScheduler, LRScheduler][] = [
      [
        new StepLR(optimizer, 3, { gamma: 0.5 }),
        new StepLR(optimizer, { stepSize: 3, gamma: 0.5 }),
      ],
      [
        new MultiStepLR(optimizer, [2, 4]),
        new MultiStepLR(optimizer, { milestones: [2, 4] }),
      ],
      [
        new ExponentialLR(optimizer, 0.9),
        new ExponentialLR(optimizer, { gamma: 0.9 }),
      ],
      [
        new CosineAnnealingLR(optimizer, 8, { etaMin: 0.01 }),
        new CosineAnnealingLR(optimizer, { tMax: 8, etaMin: 0.01 }),
      ],
      [
        new LambdaLR(optimizer, fall),
        new LambdaLR(optimizer, { lrLambda: [fall] }),
      ],
    ];
    for (const [positional, named] of pairs) {
      assertEquals(`${positional}`, `${named}`);
      for (let steps = 0; steps < 6; steps++) {
        assertEquals(positional.at(steps, 0.1, 0), named.at(steps, 0.1, 0));
      }
    }
    assertThrows(
      () => new StepLR(optimizer, 3, { gama: 0.5 } as never),
      TypeError,
      "StepLR: unknown option gama, did you mean gamma?",
    );
    assertThrows(
      () => new StepLR(...[optimizer] as unknown as [Optimizer, number]),
      TypeError,
      "StepLR",
    );
  },
);

deviceTest(
  "a threshold is a share of the best metric, or a distance",
  (device) => {
    const lowers = (
      mode: "min" | "max",
      thresholdMode: "rel" | "abs",
      metric: number,
    ) => {
      const optimizer = sgd(device);
      const options = { mode, thresholdMode, threshold: 0.5, patience: 0 };
      const schedule = new ReduceLROnPlateau(optimizer, options);
      schedule.step(4);
      schedule.step(metric);
      return optimizer.lr < 0.1;
    };
    const bars = [["min", "rel", 2], ["max", "rel", 6]] as const;
    const distances = [["min", "abs", 3.5], ["max", "abs", 4.5]] as const;
    for (const [mode, kind, bar] of [...bars, ...distances]) {
      const better = mode === "min" ? -1 / 16 : 1 / 16;
      assertEquals(lowers(mode, kind, bar + better), false);
      assertEquals(lowers(mode, kind, bar), true);
      assertEquals(lowers(mode, kind, bar - better), true);
    }
  },
);

Deno.test("a schedule begins with the rates that it found", () => {
  using device = CpuDevice.open({ threads: 1 });
  const optimizer = sgd(device);
  const schedule = new StepLR(optimizer, { stepSize: 1, gamma: 0.5 });
  schedule.step();
  assertEquals(schedule.baseLrs, [0.1]);
  assertEquals(optimizer.lr, 0.05);
  assertThrows(
    () => new LinearLR(optimizer, { startFactor: 1.5, totalIters: 2 }),
    RangeError,
    "LinearLR: startFactor: expected a number from 0 to 1, got 1.5. Help: " +
      "Use PyTorch's default by leaving it out.",
  );
});
