import { assertEquals, assertThrows } from "@std/assert";
import { Tape } from "../../src/core/tape.ts";
import { type Shape, Tensor } from "../../src/core/tensor.ts";
import { CpuDevice } from "../../src/devices/cpu/cpu_device.ts";
import { ConvolutionalNeuralNetwork } from "../../src/models/convolutional_neural_network.ts";
import { Linear, Module, ReLU, Sequential } from "../../src/nn/mod.ts";
import { add, scale, sum } from "../../src/ops/mod.ts";
import { deviceTest } from "../_devices.ts";

// What is expected here is what PyTorch 1.13 prints for the same hooks.

class Network extends Module {
  readonly layer = new Linear(2, 2, { bias: false });
  override forward(x: Tensor): Tensor {
    return this.layer.forward(x);
  }
}

deviceTest(
  "hooks run in order, see and replace what passes",
  async (device) => {
    const model = new Network().to(device, { seed: 0 });
    const told: unknown[] = [];
    model.layer.registerForwardPreHook((module, [x]) => {
      told.push(["before", module === model.layer, x.shape]);
      return [scale(x, 0)];
    });
    model.layer.registerForwardPreHook((_module, inputs) => {
      told.push(["before too", inputs.length]);
    });
    const first = model.layer.registerForwardHook((_module, [x], y) => {
      told.push(["after", x.shape, y.shape]);
      return add(y, Tensor.from(device, [100, 100], [1, 2])) as typeof y;
    });
    model.layer.registerForwardHook((_module, _inputs, y) => scale(y, 2));
    using x = Tensor.from(device, [1, 2], [1, 2]);
    assertEquals(await model.forward(x).data(), new Float32Array([200, 200]));
    assertEquals(told, [
      ["before", true, [1, 2]],
      ["before too", 1],
      ["after", [1, 2], [1, 2]],
    ]);
    first[Symbol.dispose]();
    first[Symbol.dispose]();
    assertEquals(await model.forward(x).data(), new Float32Array([0, 0]));
    assertEquals(told.length, 5);
  },
);

deviceTest(
  "a hook may give the only input without an array",
  async (device) => {
    const layer = new ReLU();
    layer.registerForwardPreHook((_module, [x]) => scale(x, -1));
    using x = Tensor.from(device, [1, -2], [2]);
    assertEquals(await layer.forward(x).data(), new Float32Array([0, 2]));
  },
);

deviceTest("hooks take part in the gradient", async (device) => {
  const layer = new ReLU();
  layer.registerForwardHook((_module, _inputs, y) => scale(y, 3));
  const x = Tensor.from(device, [1, -2], [2], { requiresGrad: true });
  {
    using tape = new Tape();
    tape.backward(sum(layer.forward(x)));
  }
  assertEquals(await x.grad!.data(), new Float32Array([3, 0]));
});

Deno.test("hooks tell of every layer, also of blocks that run fused", () => {
  using device = CpuDevice.open();
  const model = new ConvolutionalNeuralNetwork().to(device, { seed: 0 });
  const names: string[] = [];
  {
    using hooks = new DisposableStack();
    for (const [name, module] of model.namedModules()) {
      hooks.use(module.registerForwardHook(() => void names.push(name)));
    }
    using x = Tensor.from(device, new Float32Array(784), [1, 1, 28, 28]);
    model.forward(x);
    model.forward(x);
  }
  const once = [
    ...["layer1.0", "layer1.1", "layer1.2", "layer1.3", "layer1"],
    ...["layer2.0", "layer2.1", "layer2.2", "layer2.3", "layer2"],
    ...["fc", ""],
  ];
  assertEquals(names, [...once, ...once]);
});

/** Adds one; its subclasses call it. */
class One extends Module {
  override forward(x: Tensor): Tensor {
    return add(x, Tensor.from(x.device, [1], [1]));
  }
}
class Two extends One {
  readonly factor: number = 10;
  override forward(x: Tensor): Tensor {
    return scale(super.forward(x), this.factor);
  }
}
class Three extends Two {
  override readonly factor = 100;
}
class Four extends Three {
  override forward(x: Tensor): Tensor {
    return super.forward(super.forward(x));
  }
}
class Field extends Two {
  override forward = (x: Tensor): Tensor => scale(x, this.factor);
}

deviceTest("subclasses call each other; hooks run once", async (device) => {
  using x = Tensor.from(device, [1], [1]);
  for (
    const [module, expected] of [
      [new One(), 2],
      [new Two(), 20],
      [new Three(), 200],
      [new Four(), 20_100],
      [new Field(), 10],
    ] as const
  ) {
    const { forward } = module;
    let calls = 0;
    const hook = module.registerForwardHook(() => void calls++);
    assertEquals(await module.forward(x).item(), expected);
    assertEquals(calls, 1, module.constructor.name);
    hook[Symbol.dispose]();
    assertEquals(module.forward, forward);
    assertEquals(await module.forward(x).item(), expected);
    assertEquals(await forward(x).item(), expected);
    assertEquals(calls, 1, module.constructor.name);
  }
});

deviceTest("hooks surround a forward that was replaced", async (device) => {
  using x = Tensor.from(device, [1], [1]);
  for (const isHookedBefore of [true, false]) {
    const module = new One();
    let calls = 0;
    const register = () => module.registerForwardHook(() => void calls++);
    if (isHookedBefore) register();
    const { forward } = module;
    module.forward = (x) => scale(forward(x), 7);
    const replacement = module.forward;
    const hook = isHookedBefore ? null : register();
    assertEquals(await module.forward(x).item(), 14);
    assertEquals(calls, 1);
    hook?.[Symbol.dispose]();
    assertEquals(module.forward, replacement);
  }
});

Deno.test("hooks change nothing that is printed, or part of the model", () => {
  const model = new Sequential(new Linear(2, 1), new ReLU());
  const before = [
    String(model),
    [...model.namedModules()].map(([name]) => name),
    Object.keys(model),
  ];
  model.registerForwardHook(() => {});
  model.registerForwardPreHook(() => {});
  assertEquals([
    String(model),
    [...model.namedModules()].map(([name]) => name),
    Object.keys(model),
  ], before);
  assertEquals(Deno.inspect(model), String(model));
});

deviceTest("what a hook or a forward throws arrives", (device) => {
  const layer = new ReLU();
  using x = Tensor.from(device, [1], [1]);
  const hook = layer.registerForwardHook(() => {
    throw new RangeError("on purpose");
  });
  assertThrows(() => layer.forward(x), RangeError, "on purpose");
  hook[Symbol.dispose]();
  layer.forward(x);
  const failing = new Linear(3, 1).to(device);
  let calls = 0;
  failing.registerForwardHook(() => void calls++);
  assertThrows(() => failing.forward(x as Tensor<Shape>));
  assertEquals(calls, 0);
});
