import { assertEquals, assertRejects } from "@std/assert";
import {
  add,
  AvgPool2d,
  BatchNorm1d,
  BatchNorm2d,
  Conv2d,
  ConvolutionalNeuralNetwork,
  ConvTranspose2d,
  type Device,
  DeviceError,
  ELU,
  exportOnnx,
  Flatten,
  GELU,
  GroupNorm,
  LayerNorm,
  LeakyReLU,
  Linear,
  LogSoftmax,
  maximum,
  MaxPool2d,
  Module,
  MultilayerPerceptron,
  noGrad,
  Parameter,
  Sequential,
  Sigmoid,
  SiLU,
  Softmax,
  Softplus,
  Tanh,
  Tensor,
  Upsample,
} from "../mod.ts";
import { deviceTest } from "./_devices.ts";
import { assertClose } from "./close.ts";
import { testWith } from "./permissions.ts";

// Only the tests use it, and it is large: fetched where they run.
const onnxRuntime = "npm:onnxruntime-web@1.22.0/wasm";

/** The outputs of a file by ONNX Runtime. */
async function runtimeOutputs(
  bytes: Uint8Array,
  x: Float32Array,
  shape: number[],
) {
  const ort = await import(onnxRuntime);
  ort.env.wasm.numThreads = 1;
  const session = await ort.InferenceSession.create(bytes);
  const input = new ort.Tensor("float32", x, shape);
  const { output } = await session.run({ input });
  await session.release();
  return output as { dims: number[]; data: Float32Array };
}

class Residual extends Module {
  first = new Conv2d(4, 4, 3, { padding: 1, bias: false });
  second = new Conv2d(4, 4, 3, { padding: "same", groups: 2 });

  override forward(x: Tensor): Tensor {
    return add(this.second.forward(this.first.forward(x).relu()), x);
  }
}

/** Reads one value in several shapes, and some of them twice. */
class Shapes extends Module {
  conv = new Conv2d(3, 3, 1);
  gain = new Parameter([3], (values) => values.set([0.5, 1, 2]));
  left = new Linear(12, 4);
  right = new Linear(12, 4);
  half = new Linear(2, 2);

  override forward(x: Tensor): Tensor {
    const gain = this.gain.tensor.reshape([1, 3, 1, 1]);
    const rows = add(this.conv.forward(x).mul(gain), gain).flatten(1);
    const heads = add(this.left.forward(rows), this.right.forward(rows).tanh());
    const halves = this.half.forward(heads.reshape([-1, 2]));
    return halves.reshape([x.size(0), 1, 4]);
  }
}

/** Has numbers and tensors that are no part of the model. */
class Scaled extends Module {
  conv = new Conv2d(3, 3, 1);

  override forward(x: Tensor): Tensor {
    const { device } = x;
    const means = Tensor.from(device, [0.5, 1, 2], [1, 3, 1, 1]);
    const ramp = Tensor.from(device, [1, 2, 3, 4, 5, 6, 7, 8, 9], [3, 3, 1]);
    const scaled = this.conv.forward(x.sub(means).div(0.3081)).mul(0.5);
    const bounded = maximum(scaled.add(1).square(), scaled.abs().pow(1.5));
    return add(bounded.mean([2, 3], true), ramp);
  }
}

/** Gives back what it gets. */
class Unchanged extends Module {
  fc = new Linear(2, 2);

  override forward(x: Tensor): Tensor {
    return x;
  }
}

const models: [
  name: string,
  make: () => Module & { forward(x: Tensor): Tensor },
  shape: number[],
][] = [
  ["the notebook's network", () => new ConvolutionalNeuralNetwork(), [
    1,
    28,
    28,
  ]],
  ["the perceptron", () => new MultilayerPerceptron(), [1, 28, 28]],
  [
    "a residual network",
    () =>
      new Sequential(
        new Conv2d(2, 4, 3, { stride: 2, padding: 1, dilation: 1 }),
        new BatchNorm2d(4),
        new LeakyReLU(0.2),
        new Residual(),
        new MaxPool2d(3, { stride: 2, padding: 1 }),
        new AvgPool2d(2, { ceilMode: true, countIncludePad: false }),
        new Tanh(),
        new Flatten(),
        new Linear(4 * 2 * 2, 3),
      ),
    [2, 13, 11],
  ],
  [
    "average poolings that reach over the edge",
    () =>
      new Sequential(
        new Conv2d(1, 2, 1),
        new AvgPool2d(2, { ceilMode: true }),
        new AvgPool2d(3, { stride: 2, padding: 1, ceilMode: true }),
        new AvgPool2d([2, 3], { stride: 2, padding: [0, 1], ceilMode: true }),
      ),
    [1, 23, 11],
  ],
  [
    "activations",
    () =>
      new Sequential(
        ...[new Conv2d(1, 6, 1), new ELU(0.7), new SiLU(), new GELU()],
        ...[new Conv2d(6, 6, 1), new GELU("tanh")],
        ...[new Conv2d(6, 6, 1), new Softplus(), new Softplus(2, 30)],
        ...[new Softmax(1), new Softmax(-1), new LogSoftmax(2)],
        ...[new Conv2d(6, 6, 1), new Sigmoid(), new LogSoftmax(1)],
      ),
    [1, 5, 1],
  ],
  [
    "transposed convolutions",
    () =>
      new Sequential(
        new ConvTranspose2d(4, 6, 3, {
          stride: 2,
          padding: 1,
          outputPadding: 1,
          groups: 2,
        }),
        new ConvTranspose2d(6, 2, [2, 3], { dilation: [2, 1], bias: false }),
      ),
    [4, 3, 5],
  ],
  [
    "normalisations",
    () =>
      new Sequential(
        ...[new Conv2d(1, 4, 1), new BatchNorm2d(4, { affine: false })],
        ...[new GroupNorm(2, 4), new LayerNorm([4, 5, 5])],
        ...[new GroupNorm(4, 4, { affine: false }), new LayerNorm(5)],
        ...[new Flatten(), new BatchNorm1d(100), new GroupNorm(5, 100)],
        ...[
          new LayerNorm(100, { elementwiseAffine: false }),
          new Linear(100, 3),
        ],
      ),
    [1, 5, 5],
  ],
  ["a network with numbers of its own", () => new Scaled(), [3, 2, 2]],
  ["a network of many shapes", () => new Shapes(), [3, 2, 2]],
  ["a network without operations", () => new Unchanged(), [2]],
];
const permissions = ["env", "net", "read", "sys", "write"] as const;
for (const [name, make, shape] of models) {
  deviceTest(
    `ONNX Runtime gives the outputs of ${name}`,
    async (device: Device) => {
      const model = make().to(device, { seed: 3 });
      const x = Tensor.randn(device, [5, ...shape], { seed: 4 });
      // Statistics that are not those of a new layer.
      noGrad(() => model.train().forward(x));
      const own = noGrad(() => model.eval().forward(x));
      const bytes = await exportOnnx(model, { inputShape: shape });
      const { data, dims } = await runtimeOutputs(
        bytes,
        await x.data(),
        [5, ...shape],
      );
      assertEquals(dims, own.shape);
      assertClose(await own.data(), data, { atol: 1e-5, rtol: 0 }, "outputs");
    },
    permissions,
  );
}

testWith(...permissions)(
  "an operation that ONNX does not have here is named",
  async () => {
    const { openDevice } = await import("../mod.ts");
    using device = await openDevice({ device: "cpu" });
    const model = new Sequential(
      new Conv2d(2, 2, 1),
      new Upsample({ scaleFactor: 2 }),
    ).to(device);
    await assertRejects(
      () => exportOnnx(model, { inputShape: [2, 4, 4] }),
      TypeError,
      "exportOnnx: operation of the network: expected abs, add, ",
    );
    assertEquals(model.training, true);
  },
);

class Mixed extends Module {
  fc = new Linear(4, 4);

  override forward(x: Tensor): Tensor {
    return this.fc.forward(x).reshape([1, -1]);
  }
}

testWith(...permissions)(
  "a shape that mixes the rows of a batch is refused",
  async () => {
    const { openDevice } = await import("../mod.ts");
    using device = await openDevice({ device: "cpu" });
    await assertRejects(
      () => exportOnnx(new Mixed().to(device), { inputShape: [4] }),
      TypeError,
      "exportOnnx: reshape of [3, 4]: expected a first size that is the batch's " +
        "or a multiple of it, here of 3, got [1, 12]. Help: Keep the batch apart",
    );
  },
);

/** Adds a constant that has as many rows as the batch. */
class Shifted extends Module {
  fc = new Linear(3, 3);

  override forward(x: Tensor): Tensor {
    return add(this.fc.forward(x), Tensor.ones(x.device, x.shape));
  }
}

/** Adds up all rows of the batch. */
class Summed extends Module {
  fc = new Linear(3, 3);

  override forward(x: Tensor): Tensor {
    return this.fc.forward(x).sum();
  }
}

/** Adds up along one of two axes of equal size. */
class Ambiguous extends Module {
  conv = new Conv2d(2, 2, 1);

  override forward(x: Tensor): Tensor {
    return this.conv.forward(x).sum(2);
  }
}

const refusals: [name: string, model: () => Module, message: string][] = [
  [
    "a constant of the batch's size",
    () => new Shifted(),
    "exportOnnx: add: expected constants that do not depend on the batch's " +
    "size, got one of [3, 3], where a batch of 3 is tried. Help: Let it be",
  ],
  [
    "a sum along axes that may be others",
    () => new Ambiguous(),
    "exportOnnx: sum: expected axes that the sizes tell apart, and not the " +
    "batch's, got [3, 2, 5, 5] to [3, 2, 5]",
  ],
  [
    "a sum of the whole batch",
    () => new Summed(),
    "got [3, 3] to [1]",
  ],
  [
    "a softplus that ends early",
    () => new Sequential(new Conv2d(2, 2, 1), new Softplus(1, 2)),
    "exportOnnx: softplus: expected 17 or more, got threshold 2",
  ],
];

for (const [name, make, message] of refusals) {
  testWith(...permissions)(`${name} is refused`, async () => {
    const { openDevice } = await import("../mod.ts");
    using device = await openDevice({ device: "cpu" });
    const model = make().to(device) as Module & { forward(x: Tensor): Tensor };
    const inputShape = "fc" in model ? [3] : [2, 5, 5];
    await assertRejects(
      () => exportOnnx(model, { inputShape }),
      TypeError,
      message,
    );
  });
}

testWith(...permissions)(
  "a network without parameters runs on the default device",
  async () => {
    const { openDevice, ReLU, setDefaultDevice } = await import("../mod.ts");
    const network = new Sequential(new ReLU());
    await assertRejects(
      () => exportOnnx(network, { inputShape: [3] }),
      DeviceError,
      "exportOnnx: device: expected a device, got none",
    );
    using _device = setDefaultDevice(await openDevice({ device: "cpu" }));
    try {
      const bytes = await exportOnnx(network, { inputShape: [3] });
      const x = Float32Array.of(-1, 0, 2);
      const { data, dims } = await runtimeOutputs(bytes, x, [1, 3]);
      assertEquals([dims, data], [[1, 3], Float32Array.of(0, 0, 2)]);
    } finally {
      setDefaultDevice(null);
    }
  },
);

Deno.test("what is no model is no network of ONNX", async () => {
  await assertRejects(
    () => exportOnnx("net.onnx" as never, { inputShape: [1, 28, 28] }),
    TypeError,
    'exportOnnx: model: expected a Module, got "net.onnx". Help: Give it ' +
      "before the options: writeOnnx(path, model, { inputShape }).",
  );
});
