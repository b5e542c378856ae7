import { assert, assertEquals, assertThrows } from "@std/assert";
import { Tape } from "../../src/core/tape.ts";
import { Tensor } from "../../src/core/tensor.ts";
import { CpuDevice } from "../../src/devices/cpu/cpu_device.ts";
import {
  AvgPool2d,
  BatchNorm1d,
  BatchNorm2d,
  Conv2d,
  ConvTranspose2d,
  GroupNorm,
  type Layer,
  LayerNorm,
  Linear,
  MaxPool2d,
  Module,
  ReLU,
  Sequential,
} from "../../src/nn/mod.ts";
import { ShapeError } from "../../src/base/errors.ts";
import { add } from "../../src/ops/mod.ts";

const device = CpuDevice.open();

function zeros(...shape: number[]): Tensor {
  const length = shape.reduce((product, size) => product * size, 1);
  return Tensor.from(device, new Float32Array(length), shape);
}

/** A block of layers that run fused. */
function block(
  { channels = 4, into = 1, kernelSize = 2 }: {
    channels?: number;
    into?: number;
    kernelSize?: number;
  } = {},
): Sequential {
  return new Sequential(
    new Conv2d(into, 4, { kernelSize: 3, padding: 1 }),
    new BatchNorm2d(channels),
    new ReLU(),
    new MaxPool2d(kernelSize),
  );
}

class Residual extends Module {
  readonly inner = new Sequential(new Conv2d(4, 4, { kernelSize: 3 }));
  override forward(x: Tensor): Tensor {
    return add(x, this.inner.forward(x));
  }
}

class Network extends Module {
  readonly layer1 = block();
  readonly layer2: Layer;
  readonly blocks = [new Residual()];
  readonly fc = new Linear(64, 10);
  constructor(layer2: Layer = new ReLU()) {
    super();
    this.layer2 = layer2;
  }
  override forward(x: Tensor): Tensor {
    const y = this.layer2.forward(this.layer1.forward(x));
    return this.fc.forward(y.flatten());
  }
}

const cases: [
  name: string,
  model: () => Module,
  input: readonly number[],
  path: string,
][] = [
  ["a linear layer", () => new Network(), [2, 1, 4, 4], "fc: linear: "],
  [
    "the convolution of a block that runs fused",
    () => new Network(),
    [2, 3, 8, 8],
    "layer1.0: conv2d: ",
  ],
  [
    "the normalisation of such a block",
    () => new Network(block({ into: 4, channels: 5 })),
    [2, 1, 8, 8],
    "layer2.1: batchNorm2d: ",
  ],
  [
    "the pooling of such a block",
    () => new Network(block({ into: 4, kernelSize: 9 })),
    [2, 1, 8, 8],
    "layer2.3: maxPool2d: ",
  ],
  [
    "a part of such a block",
    () =>
      new Network(new Sequential(new Sequential(new ReLU(), new AvgPool2d(9)))),
    [2, 1, 8, 8],
    "layer2.0.1: avgPool2d: ",
  ],
  [
    "an operation in a module of one's own",
    () => new Network(new Sequential(new Residual())),
    [2, 1, 16, 16],
    "layer2.0: add: ",
  ],
  [
    "a layer in a module of one's own",
    () => new Network(Object.assign(new Residual(), { inner: block() })),
    [2, 1, 16, 16],
    "layer2.inner.0: conv2d: ",
  ],
];

for (const [name, modelOf, input, path] of cases) {
  Deno.test(`a shape error names its layer: ${name}`, () => {
    for (const training of [true, false]) {
      const model = modelOf().train(training);
      using x = zeros(...input);
      const forward = (x: Tensor) =>
        (model.forward as (x: Tensor) => unknown)(x);
      const traced = assertThrows(() => model.trace([...input]), ShapeError);
      model.to(device);
      const state = () => model.namedBuffers();
      const error = assertThrows(() => forward(x), ShapeError);
      assert(error.message.startsWith(path), error.message);
      assertEquals(error.message, traced.message);
      assert(error.stack?.includes(error.message), error.stack);
      assert([...state()].length > 0);
      using _tape = new Tape();
      assertEquals(assertThrows(() => forward(x)), error);
    }
  });
}

Deno.test("what a failed fused block has not run is as it was", async () => {
  const model = new Network(block({ into: 4, kernelSize: 9 })).to(device);
  const before = await model.layer2.stateDict();
  using x = zeros(2, 1, 8, 8);
  assertThrows(() => model.forward(x), ShapeError, "layer2.3");
  assertEquals(await model.layer2.stateDict(), before);
});

Deno.test("an error that a model has caught is not named twice", () => {
  class Patient extends Module {
    readonly inner = new Network();
    override forward(x: Tensor): Tensor {
      try {
        return this.inner.forward(x);
      } catch (error) {
        throw new Error("again", { cause: error });
      }
    }
  }
  const model = new Patient().to(device);
  using x = zeros(1, 2, 8, 8);
  const { cause, message } = assertThrows(() => model.forward(x), Error);
  assertEquals(message, "again");
  assert((cause as Error).message.startsWith("inner.layer1.0: conv2d: "));
});

Deno.test("a layer that the model does not know goes by its class", () => {
  const hidden = new Linear(3, 2).to(device);
  class Closure extends Module {
    readonly known = new Linear(2, 2);
    override forward(x: Tensor): Tensor {
      return hidden.forward(this.known.forward(x));
    }
  }
  const model = new Sequential(new Closure()).to(device);
  using x = zeros(1, 2);
  assertThrows(() => model.forward(x), ShapeError, "0.Linear: linear: ");
});

class Add extends Module {
  override forward(x: Tensor): Tensor {
    return add(x, 1);
  }
}

Deno.test("elements of another type are an error with a path too", () => {
  const model = new Sequential(new Sequential(new Add())).to(device);
  const forward = model.forward as (x: unknown) => Tensor;
  using x = Tensor.from(device, new Int32Array(4), [1, 4]);
  const error = assertThrows(() => forward(x), TypeError);
  assert(
    error.message.startsWith("0.0: add: left: expected f32"),
    error.message,
  );
});

const misfits: [layer: () => Module, input: number[], expected: string][] = [
  [() => new Linear(16, 4), [2, 3], "input [2, 3] and weight [4, 16]"],
  [
    () => new Conv2d(16, 4, 3),
    [2, 3, 8, 8],
    "input [2, 3, 8, 8] and weight [4, 16, 3, 3]",
  ],
  [
    () => new Conv2d(1, 4, 5),
    [2, 1, 3, 3],
    "kernel [5, 5], got an image of [3, 3]",
  ],
  [
    () => new ConvTranspose2d(16, 4, 3),
    [2, 3, 8, 8],
    "input [2, 3, 8, 8] and weight [16, 4, 3, 3]",
  ],
  [
    () => new BatchNorm2d(16),
    [2, 3, 8, 8],
    "input [2, 3, 8, 8] and weight [16]: expected weight of shape [3]",
  ],
  [() => new BatchNorm1d(16), [2, 3], "input [2, 3] and weight [16]"],
  [() => new GroupNorm(2, 16), [2, 3, 4], "input [2, 3, 4] and weight [16]"],
  [
    () => new LayerNorm(16),
    [2, 3],
    "ends with normalizedShape [16], got [2, 3]",
  ],
  [
    () => new MaxPool2d(9),
    [2, 3, 4, 4],
    "kernel [9, 9], got an image of [4, 4]",
  ],
  [() => new AvgPool2d(2), [2, 3], "dimensions [N, C, H, W], got [2, 3]"],
];

for (const [layerOf, input, expected] of misfits) {
  const layer = layerOf();
  Deno.test(`a misfit names both shapes and the layer: ${layer}`, () => {
    const model = new Sequential(new Sequential(layer as Layer)).to(device);
    using x = zeros(...input);
    const { message } = assertThrows(() => model.forward(x), ShapeError);
    assert(message.startsWith("0.0: "), message);
    assert(message.includes(expected), message);
  });
}
