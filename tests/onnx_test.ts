import { assertEquals, assertRejects } from "@std/assert";
import {
  add,
  AvgPool2d,
  BatchNorm2d,
  Conv2d,
  ConvolutionalNeuralNetwork,
  type Device,
  DeviceError,
  exportOnnx,
  Flatten,
  GroupNorm,
  LeakyReLU,
  Linear,
  MaxPool2d,
  Module,
  MultilayerPerceptron,
  noGrad,
  Parameter,
  Sequential,
  Tanh,
  Tensor,
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
    const model = new Sequential(new GroupNorm(1, 2)).to(device);
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

/** Adds a constant of its own making. */
class Shifted extends Module {
  fc = new Linear(3, 3);

  override forward(x: Tensor): Tensor {
    return add(this.fc.forward(x), Tensor.from(x.device, [1, 2, 3], [3]));
  }
}

testWith(...permissions)(
  "a constant that a network makes for itself is refused",
  async () => {
    const { openDevice } = await import("../mod.ts");
    using device = await openDevice({ device: "cpu" });
    await assertRejects(
      () => exportOnnx(new Shifted().to(device), { inputShape: [3] }),
      TypeError,
      "exportOnnx: add: expected operands that depend on the input, or are " +
        "parameters, got a constant made in forward(). Help: Keep it in the model",
    );
  },
);

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
