import { assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { ADAM_GROUP, adamStep } from "../../kernels/adam/adam.ts";
import { sgdStep } from "../../kernels/sgd/sgd.ts";
import { capture } from "../../src/core/capture.ts";
import { CpuDevice } from "../../src/devices/cpu/cpu_device.ts";
import type { Device } from "../../src/devices/device.ts";
import { StateDictError } from "../../src/base/errors.ts";
import { Linear, Sequential } from "../../src/nn/mod.ts";
import type { Parameter } from "../../src/nn/parameter.ts";
import { add, mul, sum } from "../../src/ops/mod.ts";
import {
  Adadelta,
  Adam,
  AdamW,
  ExponentialMovingAverage,
  type Optimizer,
  RMSprop,
  SGD,
} from "../../src/optim/mod.ts";
import { Tape } from "../../src/core/tape.ts";
import { Tensor } from "../../src/core/tensor.ts";
import { deviceTest } from "../_devices.ts";
import { assertClose } from "../close.ts";
import { setGradient } from "./_values.ts";

/** Six steps. Worst measured: 1.2e-7 absolute. */
const TOLERANCE = { atol: 1e-6, rtol: 1e-6 };

const ADAM = { beta1: 0.9, beta2: 0.999, eps: 1e-8, weightDecay: 0.1 };
const SGD_CONSTANTS = {
  momentum: 0.9,
  dampening: 0,
  weightDecay: 0.1,
  nesterov: false,
};
const LR = 0.125;

/** Which steps give the bias a gradient; the weight has one in all. */
const BIAS_STEPS = [true, false, false, true, true, false];

/** A layer, and steps whose gradients are known: they are the factors. */
class Task {
  readonly layer: Linear;
  readonly weightGradient: Tensor;
  readonly biasGradient: Tensor;

  constructor(device: Device) {
    // Larger than a group of those whose steps are counted together.
    this.layer = new Linear(300, 2).to(device, { seed: 0 });
    const factors = [1, -2, 0.5, 0.25, -1, 3, 0.125];
    const weight = Float32Array.from({ length: 600 }, (_, i) => factors[i % 7]);
    this.weightGradient = Tensor.from(device, weight, [2, 300]);
    const bias = Float32Array.of(-0.5, 2);
    this.biasGradient = Tensor.from(device, bias, [2]);
  }

  step(optimizer: Optimizer, withBias: boolean): void {
    const [weight, bias] = this.layer.parameters();
    using tape = new Tape();
    const loss = sum(mul(weight.tensor, this.weightGradient));
    const other = () => sum(mul(bias.tensor, this.biasGradient));
    optimizer.zeroGrad();
    tape.backward(withBias ? add(loss, other()) : loss);
    optimizer.step();
  }

  async values(): Promise<Float32Array[]> {
    const [weight, bias] = this.layer.parameters();
    return [await weight.tensor.data(), await bias.tensor.data()];
  }
}

deviceTest(
  "Adam counts the steps of each parameter, as PyTorch does",
  async (device) => {
    const task = new Task(device);
    const optimizer = new Adam(task.layer.parameters(), {
      lr: LR,
      weightDecay: ADAM.weightDecay,
    });
    const states = (await task.values()).map((values) => ({
      state: Float64Array.from(
        { length: 4 * Math.ceil(values.length / ADAM_GROUP) },
        (_, i) => i === 0 ? LR : 0,
      ),
      parameter: Float64Array.from(values),
      expAvg: new Float64Array(values.length),
      expAvgSq: new Float64Array(values.length),
      maxExpAvgSq: null,
    }));
    const gradients = [task.weightGradient, task.biasGradient];
    for (const withBias of BIAS_STEPS) {
      task.step(optimizer, withBias);
      for (const index of withBias ? [0, 1] : [0]) {
        const gradient = Float64Array.from(await gradients[index].data());
        adamStep.reference({ gradient, ...states[index] }, ADAM);
      }
      for (const [index, values] of (await task.values()).entries()) {
        assertClose(values, states[index].parameter, TOLERANCE, `${index}`);
      }
    }
  },
);

deviceTest(
  "SGD leaves a parameter without a gradient and its momentum alone",
  async (device) => {
    const task = new Task(device);
    const { momentum, weightDecay } = SGD_CONSTANTS;
    const options = { lr: LR, momentum, weightDecay };
    const optimizer = new SGD(task.layer.parameters(), options);
    const [, bias] = await task.values();
    const gradient = Float64Array.from(await task.biasGradient.data());
    const expected = {
      gradient,
      learningRate: Float64Array.of(LR),
      parameter: Float64Array.from(bias),
      momentumBuffer: new Float64Array(bias.length),
    };
    for (const withBias of BIAS_STEPS) {
      const [, before] = await task.values();
      task.step(optimizer, withBias);
      const [, after] = await task.values();
      if (!withBias) {
        assertEquals(after, before);
        continue;
      }
      sgdStep.reference(expected, SGD_CONSTANTS);
      assertClose(after, expected.parameter, TOLERANCE, "bias");
    }
  },
);

deviceTest(
  "captured steps leave out the same parameters as eager ones",
  async (device) => {
    const results = [];
    for (const captured of [false, true]) {
      const task = new Task(device);
      const optimizer = new Adam(task.layer.parameters(), { lr: LR });
      const steps = [true, false].map((withBias) => {
        const step = () => task.step(optimizer, withBias);
        return captured ? capture(device, step) : step;
      });
      for (const withBias of [...BIAS_STEPS, ...BIAS_STEPS]) {
        steps[withBias ? 0 : 1]();
      }
      results.push([await task.values(), await optimizer.stateDict()]);
    }
    assertEquals(results[0], results[1]);
  },
);

deviceTest("Adam's state goes to another Adam and back", async (device) => {
  const [source, target] = [new Task(device), new Task(device)];
  const adams = [source, target].map(({ layer }) =>
    new Adam(layer.parameters(), { lr: LR })
  );
  // Once while all parameters share a count, once since they do not.
  for (const withBias of [true, false]) {
    for (let count = 0; count < 3; count++) source.step(adams[0], withBias);
    const state = await adams[0].stateDict();
    target.step(adams[1], !withBias);
    adams[1].loadStateDict(state);
    target.layer.loadStateDict(await source.layer.stateDict());
    const loaded = await adams[1].stateDict();
    assertEquals(loaded.get("1.exp_avg"), state.get("1.exp_avg"));
    source.step(adams[0], true);
    target.step(adams[1], true);
    assertEquals(await target.values(), await source.values());
  }
  const wrong = new Map([...await adams[0].stateDict()].slice(1));
  const before = await adams[1].stateDict();
  assertThrows(() => adams[1].loadStateDict(wrong), StateDictError, "missing");
  const [[name, { shape }], [other]] = before;
  const swapped = new Map(before)
    .set(name, { dtype: "F32", shape: [1], data: new Float32Array(1) })
    .set(other, {
      dtype: "I32",
      shape: before.get(other)!.shape,
      data: new Int32Array(1),
    })
    .set("more", { dtype: "F32", shape, data: new Float32Array(1) });
  assertThrows(
    () => adams[1].loadStateDict(swapped),
    StateDictError,
    "state of an optimizer: expected what one of the same kind has of the same " +
      `parameters, got unexpected more, ${name} of shape [1], ${other} of type ` +
      "I32. Help: Load it with the model and optimizer",
  );
  assertEquals(await adams[1].stateDict(), before);
});

Deno.test("an optimizer of nothing is refused", () => {
  assertThrows(() => new Adam([]), TypeError, "at least one parameter");
  assertThrows(
    () => new Adam(new Linear(1, 1) as never),
    TypeError,
    "a Linear",
  );
  assertThrows(() => new Adam([{ params: [] }]), TypeError, "got empty groups");
  assertThrows(
    () => new Adam([{ lr: 1 }] as never),
    TypeError,
    "got one whose element has no list `params`",
  );
});

deviceTest("a model that has moved since is refused", async (device) => {
  using other = CpuDevice.open({ threads: 1 });
  for (const Kind of [Adam, SGD]) {
    const model = new Linear(2, 1).to(device);
    const optimizer = new Kind(model.parameters());
    const ema = new ExponentialMovingAverage(model.parameters());
    model.to(device);
    for (const parameter of model.parameters()) setGradient(parameter, [1]);
    optimizer.step();
    await model.moveTo(other);
    setGradient(model.weight, [1]);
    for (const use of [() => optimizer.step(), () => ema.update()]) {
      assertThrows(use, TypeError, "got ones that have moved since");
    }
  }
});

deviceTest("a parameter in two groups is refused", (device) => {
  const params = new Linear(2, 1).to(device).parameters();
  assertThrows(
    () => new SGD([{ params }, { params: params.slice(1) }]),
    TypeError,
    "optimizer: expected each parameter in one group, got one in two groups",
  );
});

deviceTest("options that do not exist are refused by name", (device) => {
  const params = new Linear(2, 1).to(device).parameters();
  const refused: [() => Optimizer, string][] = [
    [() => new Adam(params, { weight_decay: 1 } as object), "weightDecay?"],
    [() => new AdamW([{ params, Lr: 1 } as never]), "AdamW: group of"],
    [() => new SGD(params, { centered: true } as object), "SGD: unknown"],
    [() => new RMSprop(params, { rho: 1 } as object), "RMSprop: unknown"],
    [() => new Adadelta(params, { alpha: 1 } as object), "Adadelta: unknown"],
  ];
  for (const [make, message] of refused) {
    assertThrows(make, TypeError, message);
  }
});

deviceTest("options out of range are refused by name", (device) => {
  const params = new Linear(2, 1).to(device).parameters();
  const refused: [() => Optimizer, string][] = [
    [() => new Adam([{ params, betas: [1, 0] }]), "Adam: beta1: expected"],
    [() => new AdamW(params, { weightDecay: -1 }), "AdamW: weightDecay"],
    [() => new SGD(params, { nesterov: true }), "SGD: nesterov"],
    [
      () => new SGD(params, { momentum: 0.9, dampening: 0.1, nesterov: true }),
      "got momentum 0.9 and dampening 0.1",
    ],
    [() => new RMSprop(params, { alpha: -1 }), "RMSprop: alpha"],
    [() => new Adadelta(params, { rho: 1.5 }), "Adadelta: rho"],
    [() => new SGD(params, { lr: NaN }), "SGD: lr"],
  ];
  for (const [make, message] of refused) {
    assertThrows(make, RangeError, message);
  }
  const optimizer = new Adadelta(params);
  assertThrows(() => optimizer.lr = -1, RangeError, "Adadelta: lr");
});

/** The options of each optimizer that are numbers, from 0 to below a bound. */
const numbers: [
  new (params: Parameter[], options: object) => Optimizer,
  Record<string, number>,
][] = [
  [Adadelta, { lr: Infinity, rho: 1, eps: Infinity, weightDecay: Infinity }],
  [Adam, { lr: Infinity, eps: Infinity, weightDecay: Infinity }],
  [AdamW, { lr: Infinity, eps: Infinity, weightDecay: Infinity }],
  [RMSprop, {
    ...{ lr: Infinity, alpha: Infinity, eps: Infinity },
    ...{ weightDecay: Infinity, momentum: Infinity },
  }],
  [SGD, {
    ...{ lr: Infinity, momentum: 1 },
    ...{ weightDecay: Infinity, dampening: Infinity },
  }],
];

deviceTest("every number of an optimizer has its range", (device) => {
  const params = new Linear(2, 1).to(device).parameters();
  for (const [Kind, bounds] of numbers) {
    for (const [name, bound] of Object.entries(bounds)) {
      new Kind(params, { [name]: 0 });
      for (const value of [-1e-9, NaN, bound]) {
        assertThrows(
          () => new Kind(params, { [name]: value }),
          RangeError,
          `${Kind.name}: ${name}: expected a number from 0`,
        );
      }
    }
  }
  for (const Kind of [Adam, AdamW]) {
    new Kind(params, { betas: [0, 0] });
    for (const value of [-1e-9, NaN, 1]) {
      for (const [at, name] of ["beta1", "beta2"].entries()) {
        const betas = [0.5, 0.5].with(at, value) as [number, number];
        const message = `${Kind.name}: ${name}: expected a number from 0`;
        assertThrows(() => new Kind(params, { betas }), RangeError, message);
      }
    }
  }
});

deviceTest("a captured step follows each group's rate", async (device) => {
  for (const Kind of [Adam, SGD]) {
    const task = new Task(device);
    const [weight, bias] = task.layer.parameters();
    const optimizer = new Kind([
      { params: [weight], lr: 0.5 },
      { params: [bias] },
    ], { lr: 0.25 });
    assertEquals(optimizer.paramGroups.map(({ lr }) => lr), [0.5, 0.25]);
    using step = capture(device, () => task.step(optimizer, true));
    step();
    optimizer.paramGroups[0].lr = 0;
    const [, biasBefore] = await task.values();
    const [weightBefore] = await task.values();
    step();
    const [weightAfter, biasAfter] = await task.values();
    assertEquals(weightAfter, weightBefore);
    assertNotEquals(biasAfter, biasBefore);
    optimizer.lr = 0.125;
    assertEquals(optimizer.paramGroups.map(({ lr }) => lr), [0.125, 0.125]);
    step();
    assertNotEquals((await task.values())[0], weightAfter);
  }
});

deviceTest("the state of other groups is refused", async (device) => {
  const params = new Linear(2, 1).to(device).parameters();
  const groups = params.map((parameter) => ({ params: [parameter] }));
  const state = await new SGD(groups).stateDict();
  assertThrows(
    () => new SGD(params).loadStateDict(state),
    StateDictError,
    "lr: expected 1, one for each group of parameters, got 2",
  );
});

deviceTest(
  "Adam takes the state of all parameters together",
  async (device) => {
    const [source, target] = [new Task(device), new Task(device)];
    const [first, second] = [source, target].map(({ layer }) =>
      new Adam(layer.parameters(), { lr: LR })
    );
    source.step(first, true);
    const { "0.state": state, "1.state": _, ...rest } = Object.fromEntries(
      await first.stateDict(),
    );
    second.loadStateDict(new Map([...Object.entries(rest), ["state", state]]));
    assertEquals(await second.stateDict(), await first.stateDict());
  },
);

deviceTest("neighbours with gradients are moved by one kernel", (device) => {
  const layers = [2, 3, 4, 5].map((size) => new Linear(size, size + 1));
  new Sequential(...layers).to(device);
  const parameters = layers.flatMap((layer) => layer.parameters());
  for (const parameter of parameters.slice(2)) setGradient(parameter, [1]);
  for (const optimizer of [new Adam(parameters), new SGD(parameters)]) {
    const program = device.record(() => optimizer.step()).program;
    // Adam has divided its counts, once.
    assertEquals(program.length, optimizer instanceof Adam ? 3 : 1);
    assertEquals(device.record(() => optimizer.step()).program.length, 1);
  }
});

deviceTest("a state has the rate of each group", async (device) => {
  const [weight, bias] = new Linear(2, 1).to(device).parameters();
  const open = (first: number, second: number) =>
    new SGD([{ params: [weight], lr: first }, { params: [bias] }], {
      lr: second,
    });
  const state = await open(0.5, 0.25).stateDict();
  const other = open(1, 2);
  other.loadStateDict(state);
  assertEquals(other.paramGroups.map(({ lr }) => lr), [0.5, 0.25]);
  const one = new SGD([weight, bias], { lr: 2 });
  assertThrows(
    () => one.loadStateDict(state),
    StateDictError,
    "lr: expected 1",
  );
  assertEquals(one.lr, 2);
  one.loadStateDict(new Map());
  assertEquals(one.lr, 2);
});
