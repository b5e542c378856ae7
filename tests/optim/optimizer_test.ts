import { assertEquals, assertThrows } from "@std/assert";
import { ADAM_GROUP, adamStep } from "../../kernels/adam/adam.ts";
import { sgdStep } from "../../kernels/sgd/sgd.ts";
import { capture } from "../../src/core/capture.ts";
import type { Device } from "../../src/devices/device.ts";
import { StateDictError } from "../../src/base/errors.ts";
import { Linear } from "../../src/nn/mod.ts";
import { add, mul, sum } from "../../src/ops/mod.ts";
import { Adam, type Optimizer, SGD } from "../../src/optim/mod.ts";
import { Tape } from "../../src/core/tape.ts";
import { Tensor } from "../../src/core/tensor.ts";
import { deviceTest } from "../_devices.ts";
import { assertClose } from "../close.ts";

/** Six steps. Worst measured: 1.2e-7 absolute. */
const TOLERANCE = { atol: 1e-6, rtol: 1e-6 };

const ADAM = { beta1: 0.9, beta2: 0.999, eps: 1e-8, weightDecay: 0.1 };
const SGD_CONSTANTS = { momentum: 0.9, weightDecay: 0.1, nesterov: false };
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
  assertEquals(await adams[1].stateDict(), before);
});

Deno.test("an optimizer of nothing is refused", () => {
  assertThrows(() => new Adam([]), TypeError, "at least one parameter");
});
