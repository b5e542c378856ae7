import { assertEquals } from "@std/assert";
import { Linear } from "../../../src/nn/mod.ts";
import { mean } from "../../../src/ops/mod.ts";
import { Adam } from "../../../src/optim/mod.ts";
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
