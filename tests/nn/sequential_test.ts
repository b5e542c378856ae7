import { assertEquals } from "@std/assert";
import type { Device } from "../../src/devices/device.ts";
import { linksOf } from "../../src/nn/_conv_block.ts";
import {
  BatchNorm2d,
  Conv2d,
  Flatten,
  MaxPool2d,
  ReLU,
  Sequential,
} from "../../src/nn/mod.ts";
import { mean, mul } from "../../src/ops/mod.ts";
import { Scope } from "../../src/core/scope.ts";
import { Tape } from "../../src/core/tape.ts";
import { Tensor } from "../../src/core/tensor.ts";
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

Deno.test("a block is one link, other layers one each", () => {
  assertEquals(linksOf(layers()).length, 1);
  assertEquals(linksOf([...layers(), new Flatten()]).length, 2);
  assertEquals(linksOf([new ReLU(), ...layers()]).length, 2);
  assertEquals(linksOf(layers().slice(0, 3)).length, 3);
  assertEquals(linksOf(layers().toReversed()).length, 4);
});

Deno.test("a subclass is not taken for its base", () => {
  class Leaky extends ReLU {}
  const [convolution, normalisation, _relu, pooling] = layers();
  const chain = [convolution, normalisation, new Leaky(), pooling];
  assertEquals(linksOf(chain).length, 4);
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
    using tape = new Tape();
    const x = Tensor.from(device, values(3 * 2 * 63, 1), [3, 2, 7, 9], {
      requiresGrad: true,
    });
    const y = model.forward(x);
    const factors = Tensor.from(device, values(y.length, 2), y.shape);
    tape.backward(mean(mul(y, factors)));
    const gradients = [x.grad!, ...model.parameters().map(({ grad }) => grad!)];
    const state = await model.stateDict();
    results.push([
      await y.data(),
      ...await Promise.all(gradients.map((gradient) => gradient.data())),
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
    using tape = new Tape();
    const x = Tensor.from(device, values(3 * 2 * 63, 1), [3, 2, 7, 9]);
    const loss = mean(model.eval().forward(x));
    tape.backward(loss);
    const gradients = model.parameters().map(({ grad }) => grad!.data());
    results.push(await Promise.all(gradients));
  }
  for (const [index, expected] of results[1].entries()) {
    assertClose(results[0][index], expected, TOLERANCE, `gradient ${index}`);
  }
});
