import { assertEquals, assertThrows } from "@std/assert";
import {
  ELU,
  elu,
  GELU,
  gelu,
  LeakyReLU,
  leakyRelu,
  Linear,
  type Module,
  Sequential,
  Sigmoid,
  sigmoid,
  SiLU,
  silu,
  Softplus,
  softplus,
  sum,
  Tanh,
  tanh,
  Tape,
  Tensor,
} from "../../mod.ts";
import { capture } from "../../src/core/capture.ts";
import { deviceTest } from "../_devices.ts";

/** A layer, PyTorch's text of it, and the operation that it is. */
const layers: readonly [
  layer: Module & { forward(x: Tensor): Tensor },
  text: string,
  operation: (x: Tensor) => Tensor,
][] = [
  [new Sigmoid(), "Sigmoid()", sigmoid],
  [new Tanh(), "Tanh()", tanh],
  [new SiLU(), "SiLU()", silu],
  [new GELU(), "GELU(approximate='none')", (x) => gelu(x)],
  [
    new GELU("tanh"),
    "GELU(approximate='tanh')",
    (x) => gelu(x, { approximate: "tanh" }),
  ],
  [new LeakyReLU(), "LeakyReLU(negative_slope=0.01)", (x) => leakyRelu(x)],
  [
    new LeakyReLU(0.2),
    "LeakyReLU(negative_slope=0.2)",
    (x) => leakyRelu(x, 0.2),
  ],
  [new ELU(), "ELU(alpha=1.0)", (x) => elu(x)],
  [new ELU(0.5), "ELU(alpha=0.5)", (x) => elu(x, 0.5)],
  [new Softplus(), "Softplus(beta=1, threshold=20)", (x) => softplus(x)],
  [
    new Softplus(0.5, 10),
    "Softplus(beta=0.5, threshold=10)",
    (x) => softplus(x, 0.5, 10),
  ],
];

for (const [layer, text, operation] of layers) {
  Deno.test(`${text} prints as PyTorch's`, () => {
    assertEquals(String(layer), text);
  });
  deviceTest(`${text} is its operation`, async (device) => {
    using x = Tensor.from(device, [-30, -1, 0, 2, 13, 30], [2, 3]);
    using y = layer.forward(x);
    using expected = operation(x);
    assertEquals(y.shape, [2, 3]);
    assertEquals(await y.data(), await expected.data());
  });
}

deviceTest(
  "a captured step of activations allocates nothing",
  async (device) => {
    const activations = layers.map(([layer]) => layer as Sigmoid);
    const model = new Sequential(new Linear(3, 4), ...activations);
    model.to(device, { seed: 1 });
    using x = Tensor.from(device, [1, 2, 3], [1, 3]);
    using step = capture(device, () => {
      for (const parameter of model.parameters()) parameter.tensor.zeroGrad();
      using tape = new Tape();
      const loss = sum(model.forward(x));
      tape.backward(loss);
      return loss;
    });
    const first = await step().item();
    const before = { ...device.counters };
    const second = await step().item();
    const { allocations, bindGroups } = device.counters;
    assertEquals(second, first);
    assertEquals({ allocations, bindGroups }, {
      allocations: before.allocations,
      bindGroups: before.bindGroups,
    });
  },
);

Deno.test("arguments that are no numbers are refused", () => {
  assertThrows(
    () => new LeakyReLU({ negativeSlope: 0.2 } as unknown as number),
    TypeError,
    "LeakyReLU: negativeSlope: expected a number, got an object. " +
      "Help: Give it by its position, not by its name.",
  );
  assertThrows(
    () => new Softplus(1, Infinity),
    RangeError,
    "Softplus: threshold: expected a finite number, got Infinity",
  );
  assertThrows(
    () => new GELU("erf" as "none"),
    RangeError,
    'GELU: approximate: expected "none" or "tanh", got erf',
  );
});
