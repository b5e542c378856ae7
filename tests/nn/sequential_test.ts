import { assertEquals, assertThrows } from "@std/assert";
import { CpuDevice } from "../../src/devices/cpu/cpu_device.ts";
import type { Device } from "../../src/devices/device.ts";
import { fuse } from "../../src/nn/_fuse.ts";
import {
  BatchNorm2d,
  Conv2d,
  Flatten,
  type Layer,
  MaxPool2d,
  ReLU,
  Sequential,
} from "../../src/nn/mod.ts";
import { convBlock } from "../../src/ops/conv_block.ts";
import { mean, mul, scale } from "../../src/ops/mod.ts";
import { Scope } from "../../src/core/scope.ts";
import { Tape } from "../../src/core/tape.ts";
import { type Shape, Tensor } from "../../src/core/tensor.ts";
import { deviceTest } from "../_devices.ts";
import { assertClose } from "../close.ts";
import { uniform } from "../reference.ts";

const layers = () => [
  new Conv2d(2, 3, { kernelSize: 5, padding: 2 }),
  new BatchNorm2d(3),
  new ReLU(),
  new MaxPool2d(2),
];

/** Worst measured: 0, where the device has no kernel of its own for a block. */
const TOLERANCE = { atol: 1e-5, rtol: 1e-5 };

/** How many layers run as one, from the first to the last. */
const sizes = (chain: Layer[]) =>
  fuse(chain).map(({ layers }) => layers.length);

Deno.test("neighbouring stages in their order run as one", () => {
  assertEquals(sizes(layers()), [4]);
  assertEquals(sizes([...layers(), new Flatten()]), [4, 1]);
  assertEquals(sizes([new Flatten(), ...layers()]), [1, 4]);
  assertEquals(sizes([new ReLU(), ...layers()]), [1, 4]);
  assertEquals(sizes(layers().toReversed()), [1, 1, 1, 1]);
  assertEquals(sizes([...layers(), ...layers()]), [4, 4]);
  const [convolution, normalisation, activation, pooling] = layers();
  assertEquals(sizes([convolution, activation]), [2]);
  assertEquals(sizes([convolution, pooling, normalisation]), [2, 1]);
  assertEquals(sizes([normalisation, activation, convolution]), [2, 1]);
  assertEquals(sizes([new Conv2d(2, 3, { kernelSize: 1 }), activation]), [2]);
});

class Doubling extends ReLU {
  override forward<S extends Shape>(x: Tensor<S>): Tensor<S> {
    return scale(super.forward(x), 2);
  }
}

class Renamed extends ReLU {}

class DoublingField extends ReLU {
  override forward = <S extends Shape>(x: Tensor<S>): Tensor<S> => scale(x, 2);
}

Deno.test("a layer with a forward of its own is not fused away", () => {
  const [convolution, normalisation, relu, pooling] = layers();
  const around = (layer: Layer) =>
    sizes([convolution, normalisation, layer, pooling]);
  assertEquals(around(new Doubling()), [2, 1, 1]);
  assertEquals(around(new (class extends Doubling {})()), [2, 1, 1]);
  assertEquals(around(new DoublingField()), [2, 1, 1]);
  assertEquals(around(new Renamed()), [4]);
  const { forward } = relu;
  Object.assign(relu, { forward: (x: Tensor) => x });
  assertEquals(around(relu), [2, 1, 1]);
  Object.assign(relu, { forward });
  assertEquals(around(relu), [4]);
});

deviceTest("what a subclass computes is computed", async (device) => {
  const [convolution, normalisation, , pooling] = layers();
  const model = new Sequential(
    convolution,
    normalisation,
    new Doubling(),
    pooling,
  ).to(device, { seed: 0 }).eval();
  const plain = new Sequential(...layers()).to(device, { seed: 0 }).eval();
  using x = Tensor.from(device, values(2 * 2 * 35, 1), [2, 2, 5, 7]);
  const expected = (await plain.forward(x).data()).map((y) => 2 * y);
  assertClose(await model.forward(x).data(), expected, TOLERANCE, "output");
});

Deno.test("a layer with hooks runs by itself, and fused again without", () => {
  for (const register of ["registerForwardHook", "registerForwardPreHook"]) {
    for (let index = 0; index < 4; index++) {
      const chain: Layer[] = layers();
      {
        using _hook = chain[index][register as "registerForwardHook"](() => {});
        const lengths = fuse(chain).find(({ layers }) =>
          layers.includes(chain[index])
        )!.layers.length;
        assertEquals(lengths, 1);
      }
      assertEquals(sizes(chain), [4]);
    }
  }
});

function values(length: number, seed: number): Float32Array {
  return Float32Array.from(uniform(length, seed));
}

/** Two models of the same first weights: blocks as one, and layer by layer. */
function twins(device: Device): Sequential[] {
  return [
    new Sequential(...layers()),
    new Sequential(...layers().map((layer) => new Sequential(layer))),
  ].map((model) => model.to(device, { seed: 3 }));
}

deviceTest("a block equals its layers in training", async (device) => {
  const results: ArrayLike<number>[][] = [];
  for (const model of twins(device)) {
    const x = Tensor.from(device, values(3 * 2 * 63, 1), [3, 2, 7, 9], {
      requiresGrad: true,
    });
    const { parameters, results: [y] } = trained(model, x);
    const state = await model.stateDict();
    results.push([
      await y.data(),
      ...await Promise.all(parameters.map((gradient) => gradient.data())),
      ...[...state.values()].map(({ data }) => Array.from(data, Number)),
    ]);
  }
  const [fused, separate] = results;
  for (const [index, expected] of separate.entries()) {
    assertClose(fused[index], expected, TOLERANCE, `result ${index}`);
  }
});

deviceTest("a block equals its layers in evaluation", async (device) => {
  const results: Float32Array[] = [];
  for (const model of twins(device)) {
    using _scope = new Scope();
    const x = Tensor.from(device, values(3 * 2 * 63, 1), [3, 2, 7, 9]);
    model.forward(x);
    results.push(await model.eval().forward(x).data());
  }
  assertClose(results[0], results[1], TOLERANCE, "output");
});

deviceTest("a block in evaluation has gradients on a tape", async (device) => {
  const results: ArrayLike<number>[][] = [];
  for (const model of twins(device)) {
    {
      using tape = new Tape();
      const x = Tensor.from(device, values(3 * 2 * 63, 1), [3, 2, 7, 9]);
      tape.backward(mean(model.eval().forward(x)));
    }
    const gradients = model.parameters().map(({ grad }) => grad!.data());
    results.push(await Promise.all(gradients));
  }
  for (const [index, expected] of results[1].entries()) {
    assertClose(results[0][index], expected, TOLERANCE, `gradient ${index}`);
  }
});

for (
  const [name, layers] of [
    ["a pooling with ceilMode", () => [
      new Conv2d(2, 3, 1),
      new BatchNorm2d(3),
      new ReLU(),
      new MaxPool2d(2, { ceilMode: true }),
    ]],
    ...[{ affine: false }, { trackRunningStats: false }, { momentum: null }]
      .map((options) =>
        [`a normalisation with ${JSON.stringify(options)}`, () => [
          new Conv2d(2, 3, 1),
          new BatchNorm2d(3, options),
          new ReLU(),
          new MaxPool2d(2),
        ]] as const
      ),
    ["a convolution with groups", () => [
      new Conv2d(2, 4, 2, { groups: 2 }),
      new BatchNorm2d(4),
      new ReLU(),
      new MaxPool2d(2),
    ]],
    ["a convolution with more padding at the end", () => [
      new Conv2d(2, 3, [4, 2], 1, "same"),
      new BatchNorm2d(3),
      new ReLU(),
      new MaxPool2d(2),
    ]],
  ] as const
) {
  deviceTest(`${name} in a block gives its layer's numbers`, async (device) => {
    assertEquals(fuse(layers()).length, 1);
    const models = [
      new Sequential(...layers()),
      new Sequential(...layers().map((layer) => new Sequential(layer))),
    ].map((model) => model.to(device, { seed: 3 }));
    const [fused, separate] = await Promise.all(models.map(async (model) => {
      const x = Tensor.from(device, values(3 * 2 * 63, 1), [3, 2, 7, 9], {
        requiresGrad: true,
      });
      const { parameters, results } = trained(model, x);
      using y = model.eval().forward(x);
      const tensors = [...results, ...parameters, y];
      const state = await model.stateDict();
      return [
        ...await Promise.all(tensors.map((tensor) => tensor.data())),
        ...[...state.values()].map(({ data }) => Array.from(data, Number)),
      ];
    }));
    for (const [index, expected] of separate.entries()) {
      assertClose(fused[index], expected, TOLERANCE, `result ${index}`);
    }
  });
}

const parts = ["convolution", "normalisation", "activation", "pooling"];

/** All choices of two or three of the four stages, in their order. */
const subsets = Array.from(
  { length: 16 },
  (_, bits) => [0, 1, 2, 3].filter((index) => (bits >> index) & 1),
).filter((chosen) => chosen.length === 2 || chosen.length === 3);

for (const kernelSize of [1, 3]) {
  const stages = () => [
    new Conv2d(3, 3, { kernelSize, bias: false }),
    new BatchNorm2d(3),
    new ReLU(),
    new MaxPool2d(3, { stride: 2 }),
  ];
  const make = (chosen: number[], isFused: boolean) => {
    const all = stages();
    const layers: Layer[] = chosen.map((index) => all[index]);
    return new Sequential(
      ...isFused ? layers : layers.map((layer) => new Sequential(layer)),
    );
  };
  for (const chosen of subsets) {
    const names = chosen.map((index) => parts[index]).join(", ");
    const name = `${names} of a kernel of ${kernelSize} give the layers' bits`;
    deviceTest(name, async (device) => {
      assertEquals(fuse(chosen.map((index) => stages()[index])).length, 1);
      const [fused, separate] = await Promise.all(
        [true, false].map((isFused) => {
          const model = make(chosen, isFused);
          if (model.parameters().length > 0) model.to(device, { seed: 3 });
          const x = Tensor.from(device, values(2 * 3 * 42, 1), [2, 3, 6, 7], {
            requiresGrad: true,
          });
          const { parameters, results } = trained(model, x);
          model.eval();
          using y = model.forward(x);
          return Promise.all(
            [...results, ...parameters, y].map((tensor) => tensor.data()),
          );
        }),
      );
      assertEquals(fused, separate);
    });
  }
}

/** A step without its update: the output, and the gradients. */
function trained(model: Sequential, x: Tensor) {
  using tape = new Tape();
  const y = model.forward(x);
  const factors = Tensor.from(x.device, values(y.length, 2), y.shape);
  tape.backward(mean(mul(y, factors)));
  const gradients = [x.grad!, ...model.parameters().map(({ grad }) => grad!)];
  return { results: [tape.keep(y)], parameters: gradients };
}

Deno.test("a block of fewer than two stages is refused", () => {
  using device = CpuDevice.open();
  using x = Tensor.from(device, [1], [1, 1, 1, 1]);
  for (
    const [options, got] of [[{}, "none"], [
      { activation: "relu" as const },
      "activation",
    ]] as const
  ) {
    assertThrows(
      () => convBlock(x, options),
      TypeError,
      "convBlock: stages: expected at least two of convolution, " +
        `normalisation, activation, pooling, got ${got}. Help: `,
    );
  }
});

Deno.test("layers of a Sequential are looked up, and others put in their place", () => {
  const model = new Sequential(...layers());
  assertEquals(model.length, 4);
  assertEquals([...model], [...model.children()]);
  assertEquals(model.at(-1), [...model][3]);
  const flatten = new Flatten();
  const other = new Sequential(...[...model].with(2, flatten));
  assertEquals([other.at(0), other.at(2)], [model.at(0), flatten]);
  assertThrows(
    () => model.at(4),
    RangeError,
    "Sequential: index: expected a whole number from -4 to 3, got 4.",
  );
  const convolution = new Conv2d(4, 6, 3, { groups: 2 });
  assertEquals([convolution.inChannels, convolution.outChannels], [4, 6]);
});
