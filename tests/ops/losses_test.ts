import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { capture } from "../../src/core/capture.ts";
import { Tape } from "../../src/core/tape.ts";
import { Tensor } from "../../src/core/tensor.ts";
import type { Device } from "../../src/devices/device.ts";
import * as nn from "../../src/nn/mod.ts";
import * as ops from "../../src/ops/mod.ts";
import { RunningMetrics } from "../../src/training/_running_metrics.ts";
import { deviceTest } from "../_devices.ts";
import { assertClose } from "../close.ts";

function scores(device: Device, shape: readonly number[]): Tensor {
  const length = shape.reduce((product, size) => product * size, 1);
  const values = Float32Array.from({ length }, (_, i) => (i * 7 % 5) / 2);
  return Tensor.from(device, values, shape, { requiresGrad: true });
}

function labelsOf(device: Device, values: number[], shape = [values.length]) {
  return Tensor.from(device, Int32Array.from(values), shape);
}

const wrongLabel = (place: string, label: number) =>
  `a loss: label of ${place}: expected a class from 0 to 2, as scores of 3 ` +
  `classes have, got ${label}. Help: `;

deviceTest(
  "a label that is no class is an error where the loss is read",
  async (device) => {
    const x = scores(device, [4, 3]);
    for (const label of [3, -1, -100]) {
      const labels = labelsOf(device, [0, 2, label, 7]);
      const losses: ((given: typeof labels) => Tensor)[] = [
        (given) => ops.crossEntropy(x, given),
        (given) => ops.crossEntropy(x, given, { labelSmoothing: 0.1 }),
        (given) => ops.crossEntropy(x, given, { reduction: "none" }),
        (given) => ops.nllLoss(x, given),
        (given) => ops.nllLoss(x, given, { reduction: "sum", ignoreIndex: 2 }),
        (given) => ops.mul(ops.nllLoss(x, given), 2),
      ];
      for (const run of losses) {
        const message = wrongLabel("row 2", label);
        await assertRejects(() => run(labels).data(), RangeError, message);
        // Once it is told, right labels have a loss again.
        const loss = await run(labelsOf(device, [0, 2, 1, 1])).data();
        assert(loss.every(Number.isFinite), `${loss}`);
      }
    }
  },
);

deviceTest("a label of a pixel is named", async (device) => {
  const x = scores(device, [2, 3, 2, 2]);
  const labels = labelsOf(device, [0, 1, 2, 0, 1, 1, 5, 9], [2, 2, 2]);
  await assertRejects(
    () => ops.crossEntropy(x, labels).item(),
    RangeError,
    wrongLabel("row 1, element 2", 5),
  );
});

deviceTest("NaN of another origin is no fault of a label", async (device) => {
  const x = Tensor.from(device, [NaN, 1, 2], [1, 3]);
  assertEquals(await ops.crossEntropy(x, labelsOf(device, [1])).item(), NaN);
});

deviceTest(
  "the first fault of a captured step is found later",
  async (device) => {
    const x = scores(device, [2, 3]);
    using metrics = new RunningMetrics(device);
    using step = capture(device, (labels: Tensor<readonly number[], "i32">) => {
      using tape = new Tape();
      const loss = metrics.add(x, labels);
      tape.backward(loss);
      return loss;
    });
    const batches = [[0, 1], [2, 3], [4, 0], [1, 1]];
    const losses = batches.map((labels) => step(labelsOf(device, labels)));
    await assertRejects(
      () => metrics.read(),
      RangeError,
      wrongLabel("row 1", 3),
    );
    assert(Number.isFinite(await losses[3].item()));
    const allocations = device.counters.allocations;
    metrics.reset();
    step(labelsOf(device, [0, 2]));
    assert(Number.isFinite((await metrics.read()).loss));
    assert(device.counters.allocations - allocations <= 1);
  },
);

deviceTest(
  "the place for faults may be made while a step is captured",
  async (device) => {
    using step = capture(
      device,
      (x: Tensor, labels: Tensor<[number], "i32">) => {
        const log = ops.logSoftmax(x, 1);
        return ops.nllLoss(log, labels, { reduction: "sum" });
      },
    );
    const x = scores(device, [2, 3]);
    const run = (labels: number[]) =>
      step(x, labelsOf(device, labels) as Tensor<[number], "i32">).item();
    assert(Number.isFinite(await run([0, 2])));
    await assertRejects(() => run([0, 3]), RangeError, wrongLabel("row 1", 3));
    assert(Number.isFinite(await run([0, 2])));
  },
);

deviceTest(
  "rows that are left out have neither loss nor gradient",
  async (device) => {
    const x = scores(device, [3, 3]);
    const labels = labelsOf(device, [-100, 1, -100]);
    {
      using tape = new Tape();
      tape.backward(ops.crossEntropy(x, labels, { ignoreIndex: -100 }));
    }
    const gradient = await x.grad!.data();
    assertEquals(gradient.slice(0, 3), new Float32Array(3));
    assertEquals(gradient.slice(6), new Float32Array(3));
    assert(gradient.slice(3, 6).every((value) => value !== 0));
    const none = labelsOf(device, [-100, -100, -100]);
    const loss = ops.crossEntropy(x, none, { ignoreIndex: -100 });
    assertEquals(await loss.item(), NaN);
  },
);

deviceTest("shapes and options of losses are checked", (device) => {
  const x = scores(device, [2, 3]);
  const other = scores(device, [3]);
  const labels = labelsOf(device, [0, 1]);
  const untyped: object = { weights: x };
  const losses = {
    bceWithLogits: ops.bceWithLogits,
    l1Loss: ops.l1Loss,
    mseLoss: ops.mseLoss,
    smoothL1Loss: ops.smoothL1Loss,
  };
  for (const [name, loss] of Object.entries(losses)) {
    assertThrows(
      () => loss(x, other),
      RangeError,
      `${name}: input [2, 3] and target [3]: expected a target of shape [2, 3]`,
    );
    assertThrows(() => loss(x, x, untyped), TypeError, "option weights");
    assertThrows(
      () => loss(x, x, { reduction: "average" as "mean" }),
      RangeError,
      `${name}: reduction: expected "mean", "sum" or "none", got average`,
    );
  }
  for (const loss of [ops.crossEntropy, ops.nllLoss]) {
    const run = (options: object) => () => loss(x, labels, options);
    assertThrows(run(untyped), TypeError, "option weights");
    assertThrows(run({ reduction: "all" }), RangeError, "reduction");
    assertThrows(
      run({ weight: x }),
      RangeError,
      "scores [2, 3] and weight [2, 3]: expected weight of shape [3]",
    );
    assertThrows(run({ ignoreIndex: 0.5 }), RangeError, "a whole number");
    assertThrows(
      () => loss(x, labelsOf(device, [0, 1, 1, 0], [2, 2]), { weight: other }),
      RangeError,
      "scores [2, 3] and labels [2, 2]: expected labels of shape [2]",
    );
  }
  assertThrows(
    () => ops.crossEntropy(other, labels),
    RangeError,
    "crossEntropy: logits: expected dimensions [N, classes] or [N, classes, …], " +
      "got [3]",
  );
  assertThrows(
    () => ops.crossEntropy(x, labels, null as unknown as undefined),
    TypeError,
    "crossEntropy: options: expected an object, got null",
  );
  assertThrows(
    () => ops.crossEntropy(x, other),
    RangeError,
    "crossEntropy: logits [2, 3] and probabilities [3]",
  );
  assertThrows(
    () => ops.crossEntropy(x, x, { ignoreIndex: 1 }),
    TypeError,
    "crossEntropy: ignoreIndex: expected i32 labels with it",
  );
  assertThrows(
    () => ops.smoothL1Loss(x, x, { beta: -1 }),
    RangeError,
    "smoothL1Loss: beta: expected a number of at least 0, got -1",
  );
  assertThrows(
    () => ops.bceWithLogits(x, x, { posWeight: scores(device, [4]) }),
    RangeError,
    "bceWithLogits: posWeight",
  );
  assertThrows(
    () => ops.bceWithLogits(other, other, { weight: x }),
    RangeError,
    "bceWithLogits: weight [2, 3] and input [3]",
  );
});

deviceTest("losses as modules are the functions", async (device) => {
  const x = scores(device, [2, 3]);
  const target = Tensor.from(device, [0, 0.5, 1, 0, 1, 0.5], [2, 3]);
  const labels = labelsOf(device, [2, 0]);
  const weight = Tensor.from(device, [1, 2, 3], [3]);
  const pairs: [Tensor, Tensor][] = [
    [
      new nn.BCEWithLogitsLoss({ posWeight: weight }).forward(x, target),
      ops.bceWithLogits(x, target, { posWeight: weight }),
    ],
    [
      new nn.CrossEntropyLoss({ weight }).forward(x, labels),
      ops.crossEntropy(x, labels, { weight }),
    ],
    [new nn.L1Loss().forward(x, target), ops.l1Loss(x, target)],
    [
      new nn.MSELoss({ reduction: "sum" }).forward(x, target),
      ops.mseLoss(x, target, { reduction: "sum" }),
    ],
    [
      new nn.NLLLoss({ ignoreIndex: 2 }).forward(x, labels),
      ops.nllLoss(x, labels, { ignoreIndex: 2 }),
    ],
    [
      new nn.SmoothL1Loss({ beta: 0.5 }).forward(x, target),
      ops.smoothL1Loss(x, target, { beta: 0.5 }),
    ],
    [new nn.Softmax(1).forward(x), ops.softmax(x, 1)],
    [new nn.LogSoftmax(-1).forward(x), ops.logSoftmax(x, -1)],
  ];
  for (const [own, expected] of pairs) {
    assertEquals(await own.data(), await expected.data());
  }
});

deviceTest(
  "a smooth loss without its square has PyTorch 1.13's slope at 0",
  async (device) => {
    const x = Tensor.from(device, [1, 2, 3], [3], { requiresGrad: true });
    const target = Tensor.from(device, [2, 2, 2], [3]);
    const backward = () => {
      using tape = new Tape();
      const loss = ops.smoothL1Loss(x, target, { beta: 0, reduction: "sum" });
      tape.backward(loss);
      return loss;
    };
    assertEquals(await backward().item(), 2);
    assertEquals([...await x.grad!.data()], [-1, -1, 1]);
  },
);

Deno.test("losses and softmax print as PyTorch prints them", () => {
  assertEquals(`${new nn.Softmax(1)}`, "Softmax(dim=1)");
  assertEquals(`${new nn.LogSoftmax(-1)}`, "LogSoftmax(dim=-1)");
  assertEquals(`${new nn.MSELoss()}`, "MSELoss()");
  assertEquals(`${new nn.BCEWithLogitsLoss()}`, "BCEWithLogitsLoss()");
});

Deno.test("modules refuse what PyTorch does not have", () => {
  const untyped: object = { label_smoothing: 0.1 };
  assertThrows(
    () => new nn.CrossEntropyLoss(untyped),
    TypeError,
    "CrossEntropyLoss: unknown option label_smoothing, did you mean " +
      "labelSmoothing?",
  );
  assertThrows(
    () => new nn.Softmax({ dim: 1 } as unknown as number),
    TypeError,
    "Softmax: dim: expected a whole number, got object",
  );
});

deviceTest(
  "a captured loss allocates nothing and has the eager one's bits",
  async (device) => {
    const shape = [4, 3];
    const x = scores(device, shape);
    const target = Tensor.from(device, new Float32Array(12).fill(0.25), shape);
    const labels = labelsOf(device, [0, 2, 1, 1]);
    const weight = Tensor.from(device, [1, 2, 3], [3]);
    const losses: (() => Tensor)[] = [
      () => ops.crossEntropy(x, labels),
      () => ops.crossEntropy(x, labels, { weight, ignoreIndex: 1 }),
      () => ops.crossEntropy(x, target, { weight, labelSmoothing: 0.1 }),
      () => ops.nllLoss(ops.logSoftmax(x, 1), labels, { reduction: "sum" }),
      () => ops.bceWithLogits(x, target, { posWeight: weight }),
      () => ops.smoothL1Loss(x, target, { beta: 0.5 }),
      () => ops.l1Loss(x, target),
      () => ops.mseLoss(x, target),
      () => ops.mean(ops.variance(ops.softmax(x, 1), { dim: 0 })),
      () => ops.add(ops.max(x), ops.norm(ops.max(x, 1).values)),
      () => ops.sum(ops.matmul(x, x.reshape([3, 4]))),
      () => ops.sum(ops.logsumexp(x, { dim: 1 })),
    ];
    for (const run of losses) {
      const step = () => {
        x.zeroGrad();
        using tape = new Tape();
        const loss = run();
        tape.backward(loss);
        return loss;
      };
      const eager = [await step().data(), await x.grad!.data()];
      using captured = capture(device, step);
      captured();
      const { allocations, bindGroups } = device.counters;
      const loss = captured();
      assertEquals(device.counters.allocations, allocations);
      assertEquals(device.counters.bindGroups, bindGroups);
      assertEquals([await loss.data(), await x.grad!.data()], eager);
    }
  },
);

deviceTest(
  "what is no probability has no binary cross-entropy",
  async (device) => {
    const values = [NaN, -1e-6, 1.0001, Infinity, -Infinity, -0, 1];
    const x = Tensor.from(device, values, [7], { requiresGrad: true });
    using target = Tensor.zeros(device, [7]);
    using losses = ops.binaryCrossEntropy(x, target, { reduction: "none" });
    const nan = Array(5).fill(NaN);
    assertEquals(await losses.tolist(), [...nan, 0, 100]);
    {
      using tape = new Tape();
      tape.backward(ops.binaryCrossEntropy(x, target, { reduction: "sum" }));
    }
    const gradient = await x.grad!.data();
    assertEquals([...gradient.subarray(0, 5)], nan);
    const rest = gradient.subarray(5);
    assertClose(rest, [0, 1e12], { atol: 0, rtol: 1e-6 }, "gradient");
  },
);
