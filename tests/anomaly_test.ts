import { assert, assertEquals, assertRejects } from "@std/assert";
import { detectAnomaly } from "../src/core/anomaly.ts";
import { capture } from "../src/core/capture.ts";
import { Tape } from "../src/core/tape.ts";
import { Tensor } from "../src/core/tensor.ts";
import { TrainingError } from "../src/base/errors.ts";
import { CpuDevice } from "../src/devices/cpu/cpu_device.ts";
import type { Device } from "../src/devices/device.ts";
import * as init from "../src/nn/init.ts";
import {
  BatchNorm2d,
  Conv2d,
  Flatten,
  Linear,
  MaxPool2d,
  Module,
  ReLU,
  Sequential,
} from "../src/nn/mod.ts";
import { div, exp, log, mul, sqrt, sum } from "../src/ops/mod.ts";
import { SGD } from "../src/optim/mod.ts";
import { train } from "../src/training/mod.ts";
import { deviceTest } from "./_devices.ts";
import { rowsDataset, smallNetwork } from "./training/_task.ts";

/** One operation as a layer. */
class Apply extends Module {
  constructor(readonly operation: (x: Tensor) => Tensor) {
    super();
  }
  override forward(x: Tensor): Tensor {
    return this.operation(x);
  }
}

function step(model: Sequential, x: Tensor): Tensor {
  using tape = new Tape();
  const loss = sum(model.forward(x));
  model.zeroGrad();
  tape.backward(loss);
  return loss;
}

async function anomalyOf(run: () => unknown): Promise<string> {
  const { message } = await assertRejects(
    () => detectAnomaly(run),
    TrainingError,
  );
  return message;
}

/** Scales by a parameter, then does something else in a module inside. */
function modelOf(operation: (x: Tensor) => Tensor): Sequential {
  const scale = new Linear(2, 2, false);
  init.constant(scale.weight, 0);
  return new Sequential(
    scale,
    new Sequential(new ReLU(), new Apply(operation)),
  );
}

deviceTest("the first operation that makes a NaN is named", async (device) => {
  using x = Tensor.from(device, [1, 2], [1, 2]);
  const model = modelOf((x) => mul(div(x, x), 0)).to(device);
  assertEquals(
    await anomalyOf(() => step(model, x)),
    "1.1: div, forward: output: expected finite numbers, got NaN at [0, 0] of " +
      "[1, 2]. Help: All numbers before it were finite: look at what this " +
      "operation was given.",
  );
});

deviceTest("so is one that makes an infinity", async (device) => {
  using x = Tensor.from(device, [1, 2], [1, 2]);
  const model = modelOf((x) => exp(log(x))).to(device);
  const message = await anomalyOf(() => model.forward(x));
  assert(
    message.startsWith(
      "1.1: log, forward: output: expected finite numbers, got -Infinity at [0, 0]",
    ),
    message,
  );
});

deviceTest(
  "a gradient names the layer whose operation it is of",
  async (device) => {
    using x = Tensor.from(device, [1, 2], [1, 2]);
    const model = modelOf(sqrt).to(device);
    const message = await anomalyOf(() => step(model, x));
    assert(
      message.startsWith(
        "1.1: sqrt, backward: gradX: expected finite numbers, got Infinity at [0, 0]",
      ),
      message,
    );
  },
);

deviceTest(
  "a layer of a block that runs fused is named alone",
  async (device) => {
    const norm = new BatchNorm2d(2);
    const block = new Sequential(
      new Conv2d(1, 2, { kernelSize: 3, padding: 1 }),
      norm,
      new ReLU(),
      new MaxPool2d(2),
    );
    const model = new Sequential(block, new Flatten(), new Linear(8, 2));
    model.to(device, { seed: 0 });
    device.write(norm.weight!.tensor.buffer, new Float32Array([1, 3e38]));
    using x = Tensor.from(
      device,
      Float32Array.from({ length: 32 }, (_, i) => i % 5),
      [2, 1, 4, 4],
    );
    const message = await anomalyOf(() => step(model, x));
    assert(
      message.startsWith("0.1: batchNorm2dNormalise, forward: output: "),
      message,
    );
  },
);

deviceTest(
  "numbers that were there before are told from those made",
  async (device) => {
    const model = modelOf((x) => x).to(device);
    using x = Tensor.from(device, [1, NaN], [1, 2]);
    assertEquals(
      await anomalyOf(() => model.forward(x)),
      "0: linear, forward: x: expected finite numbers, got NaN at [0, 1] of " +
        "[1, 2]. Help: It was there before any operation ran: look at the data " +
        "or the weights that you gave.",
    );
  },
);

deviceTest("an update that goes too far is named as one", async (device) => {
  const model = modelOf((x) => x).to(device);
  const optimizer = new SGD(model.parameters(), { lr: 3e38 });
  using x = Tensor.from(device, [10, 20], [1, 2]);
  init.ones((model.children()[0] as Linear).weight);
  const message = await anomalyOf(() => {
    step(model, x);
    optimizer.step();
  });
  assert(/^sgd, update: parameter: /.test(message), message);
});

deviceTest(
  "an asynchronous function is watched, and stopped",
  async (device) => {
    const model = modelOf((x) => x).to(device);
    const optimizer = new SGD(model.parameters(), { lr: 1e30 });
    init.ones((model.children()[0] as Linear).weight);
    using x = Tensor.from(device, [1e5, 1], [1, 2]);
    let steps = 0;
    // Recorded before: what is captured runs as it is written meanwhile.
    using run = capture(device, (x: Tensor) => {
      using tape = new Tape();
      const loss = sum(model.forward(x).mul(model.forward(x)));
      optimizer.zeroGrad();
      tape.backward(loss as Tensor);
      return loss;
    });
    run(x);
    const message = await anomalyOf(async () => {
      for (; steps < 20; steps++) {
        await run(x).data();
        optimizer.step();
      }
    });
    assert(steps < 5, String(steps));
    assert(/^sgd, update: parameter: /.test(message), message);
  },
);

deviceTest("where all is finite, the result is given back", async (device) => {
  const model = modelOf((x) => x).to(device, { seed: 0 });
  using x = Tensor.from(device, [1, 2], [1, 2]);
  using plain = step(model, x);
  const expected = await plain.item();
  using watched = await detectAnomaly(() => step(model, x));
  assertEquals(await watched.item(), expected);
  assertEquals(await detectAnomaly(() => detectAnomaly(() => 5)), 5);
  const { reads } = device.counters;
  step(model, x);
  assertEquals(device.counters.reads, reads);
});

deviceTest(
  "an error of the function's own is thrown on",
  async (device: Device) => {
    const model = modelOf((x) => x).to(device);
    using x = Tensor.from(device, [1, 2, 3], [1, 3]);
    await assertRejects(
      () => detectAnomaly(() => model.forward(x)),
      RangeError,
      "0: linear: ",
    );
  },
);

deviceTest("a training that fails says where it began to", async (device) => {
  const model = smallNetwork();
  const options = {
    device,
    model,
    trainData: rowsDataset(40, 1),
    testData: rowsDataset(10, 2),
    batchSize: 10,
    epochs: 2,
  };
  const message = await anomalyOf(() => train({ ...options, lr: 1e38 }));
  assert(
    /^(\d: \w+, (forward|backward)|adam, update): \w+: /.test(message),
    message,
  );
});

deviceTest("once a number was found, nothing more is run", async (device) => {
  using x = Tensor.from(device, [-1, 2], [2]);
  let runs = 0;
  const message = await anomalyOf(async () => {
    log(x);
    // The values are on the host by then.
    await device.settle();
    for (let count = 0; count < 100; count++) {
      await new Promise((resolve) => setTimeout(resolve));
      exp(x);
      runs++;
    }
  });
  assert(message.startsWith("log, forward: output: "), message);
  assert(runs < 100, `${runs} runs`);
});

Deno.test("operands that cannot be read are an error", async () => {
  const device = CpuDevice.open({ threads: 1 });
  const x = Tensor.from(device, [1], [1]);
  const error = new Error("no reading");
  device.read = () => Promise.reject(error);
  const thrown = await assertRejects(() => detectAnomaly(() => exp(x)));
  assertEquals(thrown, error);
  device[Symbol.dispose]();
});
