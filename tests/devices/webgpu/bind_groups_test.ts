import { assertEquals } from "@std/assert";
import { Linear } from "../../../src/nn/mod.ts";
import { mean } from "../../../src/ops/mod.ts";
import {
  Adadelta,
  Adam,
  AdamW,
  clipGradNorm,
  ExponentialMovingAverage,
  type OptimizerParameters,
  RMSprop,
  SGD,
} from "../../../src/optim/mod.ts";
import { capture } from "../../../src/core/capture.ts";
import { Tape } from "../../../src/core/tape.ts";
import { Tensor } from "../../../src/core/tensor.ts";
import { webGpuTest } from "../../_webgpu.ts";

webGpuTest("eager steps make no bind group twice", (device) => {
  const model = new Linear(3, 2).to(device, { seed: 0 });
  // One parameter of two: the optimizer takes its part of each arena.
  const optimizer = new Adam([model.weight]);
  using x = Tensor.from(device, [1, 2, 3], [1, 3]);
  const step = () => {
    using tape = new Tape();
    using loss = mean(model.forward(x));
    model.zeroGrad();
    tape.backward(loss);
    optimizer.step();
  };
  step();
  const { allocations, bindGroups } = { ...device.counters };
  for (let count = 0; count < 5; count++) step();
  assertEquals(device.counters.bindGroups, bindGroups);
  assertEquals(device.counters.allocations, allocations);
});

type Groups = OptimizerParameters<{ lr?: number }>;

/** Every optimizer, with all the state that it may have. */
const optimizers = {
  Adadelta: (groups: Groups) => new Adadelta(groups),
  Adam: (groups: Groups) => new Adam(groups, { amsgrad: true }),
  AdamW: (groups: Groups) => new AdamW(groups),
  RMSprop: (groups: Groups) =>
    new RMSprop(groups, { centered: true, momentum: 0.9 }),
  SGD: (groups: Groups) => new SGD(groups, { momentum: 0.9, dampening: 0.1 }),
};

for (const [name, make] of Object.entries(optimizers)) {
  webGpuTest(`captured steps of ${name} make nothing`, (device) => {
    const model = new Linear(3, 2).to(device, { seed: 0 });
    const groups = model.parameters().map((one) => ({ params: [one] }));
    const optimizer = make(groups);
    const average = new ExponentialMovingAverage(model.parameters());
    using x = Tensor.from(device, [1, 2, 3], [1, 3]);
    using step = capture(device, () => {
      using tape = new Tape();
      const loss = mean(model.forward(x));
      optimizer.zeroGrad();
      tape.backward(loss);
      clipGradNorm(model.parameters(), 1);
      optimizer.step();
      average.update();
    });
    // The first momentum of SGD is another step than those that follow.
    for (let count = 0; count < 2; count++) step();
    const { allocations, bindGroups } = { ...device.counters };
    for (let count = 0; count < 5; count++) {
      step();
      optimizer.lr /= 2;
    }
    assertEquals(device.counters.bindGroups, bindGroups);
    assertEquals(device.counters.allocations, allocations);
  });
}
