/** What layers and losses do with arguments that are unusual, or wrong. */
import { assertMatch, assertStrictEquals, assertThrows } from "@std/assert";
import { ShapeError } from "../../src/base/errors.ts";
import { setDefaultDevice } from "../../src/core/default_device.ts";
import { Tensor } from "../../src/core/tensor.ts";
import { CpuDevice } from "../../src/devices/cpu/cpu_device.ts";
import {
  AdaptiveAvgPool2d,
  BCELoss,
  Dropout2d,
  ELU,
  Linear,
  MaxPool2d,
  type Module,
  ModuleBuffer,
  Parameter,
  Sequential,
  Softmax,
  Softplus,
} from "../../src/nn/mod.ts";
import { assertClose } from "../close.ts";
import { deviceTest } from "../_devices.ts";

deviceTest(
  "BCELoss is the mean of the logarithms, or their sum",
  async (device) => {
    using p = Tensor.from(device, [0.25, 0.5, 1], [3]);
    using target = Tensor.from(device, [1, 0, 1], [3]);
    // torch.nn.BCELoss()(p, target): (log 4 + log 2 + 0) / 3
    const sum = Math.log(8);
    const losses = { mean: sum / 3, sum };
    for (const [reduction, expected] of Object.entries(losses)) {
      const layer = new BCELoss({ reduction: reduction as "mean" | "sum" });
      using loss = layer.forward(p, target);
      const values = await loss.data();
      assertClose(values, [expected], { atol: 1e-6, rtol: 1e-6 }, reduction);
    }
    using usual = new BCELoss().forward(p, target);
    assertClose(
      await usual.data(),
      [sum / 3],
      { atol: 1e-6, rtol: 0 },
      "usual",
    );
  },
);

deviceTest("Dropout2d leaves evaluation as it is", (device) => {
  const layer = new Dropout2d(0.5).to(device, { seed: 0 });
  using x = Tensor.from(device, [1, 2, 3, 4], [1, 2, 1, 2]);
  layer.eval();
  assertStrictEquals(layer.forward(x), x);
});

Deno.test("arguments of layers are refused by what they are", () => {
  const cases: [() => unknown, string][] = [
    [() => new ELU("1" as never), 'ELU: alpha: expected a number, got "1"'],
    [() => new ELU(null as never), "expected a number, got an object"],
    [
      () => new Softplus(1, true as never),
      "expected a number, got true. Help: Give a number.",
    ],
    [
      () => new Softplus(1, (() => 1) as never),
      "expected a number, got function",
    ],
    [() => new Softmax(1.5), "Softmax: dim: expected a whole number, got 1.5"],
    [() => new Softmax("1" as never), "expected a whole number, got string"],
    [
      () => new Sequential([new Linear(1, 1)] as never),
      "Sequential: layer 0: expected a module, got an array. Help: Give layers " +
      "one by one: new Sequential(...layers).",
    ],
    [() => new Sequential(3 as never), "expected a module, got number"],
  ];
  for (const [run, message] of cases) {
    assertThrows(run, TypeError, message);
  }
});

Deno.test("a state dictionary that is none is told what it is", () => {
  using device = CpuDevice.open({ threads: 1 });
  const model: Module = new Linear(1, 1).to(device, { seed: 0 });
  const what =
    "loadStateDict: state: expected a Map of names and tensors, as " +
    "stateDict() gives it, got ";
  const cases: [unknown, string][] = [
    [{ weight: 1 }, "object. Help: Of an object, new Map(Object.entries("],
    [undefined, "undefined. Help: Of an object"],
    [
      model.stateDict(),
      "object. Help: Of an object, new Map(Object.entries(…)) makes one; await a promise.",
    ],
    [
      { format: "npz", tensors: new Map(), metadata: {} },
      "a file of weights. Help: Its `tensors` are one: " +
      "loadStateDict((await readWeights(path)).tensors).",
    ],
  ];
  for (const [state, end] of cases) {
    assertThrows(
      () => model.loadStateDict(state as never),
      TypeError,
      what + end,
    );
  }
  const bias = { dtype: "F32", shape: [1], data: new Float32Array(1) } as const;
  assertThrows(
    () => model.loadStateDict(new Map([["bias", bias]])),
    Error,
    "Error(s) in loading state_dict for Linear: ",
  );
});

Deno.test("what types would refuse is named where they are not checked", () => {
  using device = CpuDevice.open({ threads: 1 });
  setDefaultDevice(device);
  const images = Tensor.zeros(device, [1, 1, 8, 8]);
  const numbers = new Float32Array(2);
  const cases: [run: () => unknown, kind: new () => Error, message: string][] =
    [
      [
        () => new Linear(1, 1).to("cpu" as never),
        TypeError,
        "Module.to: options: expected an object, got cpu. Help: Give options",
      ],
      [
        () => new MaxPool2d({ kernelSize: 2 } as never).forward(images),
        RangeError,
        "maxPool2d: kernelSize: expected whole numbers of at least 1, got [obj",
      ],
      [
        () => new AdaptiveAvgPool2d({} as never).forward(images),
        RangeError,
        "adaptiveAvgPool2d: outputSize: expected whole numbers of at least 1",
      ],
      [
        () => new Parameter(images as never, () => {}),
        ShapeError,
        "shape of a Parameter: expected an array of positive whole numbers, " +
        "got Tensor([1, 1, 8, 8], f32, cpu). Help: Give the size of each",
      ],
      [
        () => new ModuleBuffer("f32", numbers, { shape: [3] }),
        ShapeError,
        "reshape of [2]: expected a shape of 2 elements, got [3]",
      ],
    ];
  for (const [run, kind, message] of cases) {
    assertThrows(run, kind, message);
  }
  assertMatch(String(new MaxPool2d({} as never)), /^MaxPool2d\(kernel_size=/);
});
