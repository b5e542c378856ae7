import { assert, assertEquals, assertThrows } from "@std/assert";
import { DeviceError, ShapeError } from "../../src/base/errors.ts";
import { ConvolutionalNeuralNetwork } from "../../src/models/convolutional_neural_network.ts";
import {
  Conv2d,
  Dropout,
  Linear,
  Module,
  Sequential,
  summary,
} from "../../src/nn/mod.ts";
import type { BatchNormOptions } from "../../src/ops/batch_norm.ts";
import { convBlock } from "../../src/ops/conv_block.ts";
import { methodOf } from "../../src/nn/forward.ts";
import { linear } from "../../src/ops/linear.ts";
import { noGrad } from "../../src/core/scope.ts";
import { Tensor } from "../../src/core/tensor.ts";
import { deviceTest } from "../_devices.ts";
import { Golden } from "../golden.ts";
import { testWith } from "../permissions.ts";

const permittedTest = testWith("read");

permittedTest(
  "trace has the shapes of PyTorch's layers, in a batch of two",
  async () => {
    const { tensors } = await Golden.read("network");
    const expected = [...tensors]
      .filter(([name]) => name.startsWith("output."))
      .map(([name, { shape }]) => [name.slice("output.".length), shape]);
    const trace = new ConvolutionalNeuralNetwork().trace([2, 1, 28, 28]);
    const layers = trace.layers.filter(({ isContainer }) => !isContainer);
    assertEquals(
      Object.fromEntries(
        layers.map((layer) => [layer.name, layer.outputShape]),
      ),
      Object.fromEntries(expected),
    );
    assertEquals(trace.outputShape, [2, 10]);
  },
);

Deno.test("trace counts parameters and multiply-adds", () => {
  const trace = new ConvolutionalNeuralNetwork().trace([100, 1, 28, 28]);
  assertEquals(trace.parameters, 29_034);
  assertEquals(trace.parameterBytes, 4 * 29_034);
  const of = (name: string) =>
    trace.layers.find((layer) => layer.name === name)!;
  // Images, channels, pixels, channels of the input, kernel.
  const first = 100 * 16 * 28 * 28 * 1 * 25;
  const second = 100 * 32 * 14 * 14 * 16 * 25;
  assertEquals(of("layer1.0").multiplyAdds, first);
  assertEquals(of("layer2.0").multiplyAdds, second);
  assertEquals(of("fc").multiplyAdds, 100 * 1568 * 10);
  assertEquals(of("layer1.1").multiplyAdds, 0);
  assertEquals(trace.multiplyAdds, first + second + 100 * 1568 * 10);
  assertEquals(of("layer1.1").parameters, 32);
  assertEquals(of("layer1.3").outputBytes, 4 * 100 * 16 * 14 * 14);
});

deviceTest("trace leaves a model on a device as it was", async (device) => {
  const model = new ConvolutionalNeuralNetwork().to(device, { seed: 0 });
  const pass = async () => {
    const x = Tensor.from(device, new Float32Array(784), [1, 1, 28, 28]);
    const before = device.counters.dispatches;
    using output = noGrad(() => model.eval().forward(x));
    return {
      dispatches: device.counters.dispatches - before,
      output: await output.data(),
    };
  };
  const [state, first] = [await model.stateDict(), await pass()];
  const { allocations, dispatches } = device.counters;
  model.train().trace([5, 1, 28, 28]);
  assertEquals(device.counters.allocations, allocations);
  assertEquals(device.counters.dispatches, dispatches);
  assertEquals(await model.stateDict(), state);
  // As many kernels too: the blocks run as one again.
  assertEquals(await pass(), first);
});

class Functional extends Module {
  readonly shared = new Linear(4, 4);
  readonly head = new Linear(4, 2);

  override forward = (x: Tensor): Tensor => {
    const twice = this.shared.forward(this.shared.forward(x));
    return linear(twice, this.head.weight.tensor, null);
  };
}

Deno.test("trace knows modules called twice, and kernels without a layer", () => {
  const model = new Functional();
  const { forward } = model;
  const trace = model.trace([3, 4]);
  assertEquals(
    trace.layers.map(({ multiplyAdds, name, parameters }) => [
      ...[name, parameters, multiplyAdds],
    ]),
    [["", 0, 3 * 4 * 2], ["shared", 20, 48], ["shared", 0, 48]],
  );
  assertEquals(trace.outputShape, [3, 2]);
  assertEquals(model.forward, forward);
  assert(!model.shared.weight.isMaterialized);
});

class Blocks extends Module {
  readonly net = new ConvolutionalNeuralNetwork();

  override forward(x: Tensor): Tensor {
    const [convolution, normalisation] = Array.from(
      this.net.layer1.parts(),
      ([, part]) => part,
    );
    const { weight, bias } = convolution as Conv2d;
    const block = {
      convolution: { weight: weight.tensor, bias: bias!.tensor, padding: 2 },
      normalisation: (normalisation as never as {
        arguments(): BatchNormOptions;
      }).arguments(),
      activation: "relu" as const,
      pooling: { kernelSize: 2 },
    };
    return convBlock(x, block);
  }
}

Deno.test("trace counts a fused block in both modes", () => {
  const model = new Blocks();
  for (const mode of [true, false]) {
    const { multiplyAdds, outputShape } = model.train(mode)
      .trace([2, 1, 28, 28]);
    assertEquals(multiplyAdds, 2 * 16 * 28 * 28 * 25);
    assertEquals(outputShape, [2, 16, 14, 14]);
  }
});

Deno.test("trace takes layers with a state of their own", () => {
  const model = new Sequential(new Linear(4, 4), new Dropout());
  assertEquals(model.trace([2, 4]).outputShape, [2, 4]);
});

Deno.test("trace refuses what a real pass would, and what it cannot know", async () => {
  const model = new Sequential(new Conv2d(1, 2, { kernelSize: 3 }));
  const { forward } = model;
  assertThrows(() => model.trace([1, 3, 8, 8]), ShapeError, "conv2d");
  assertEquals(model.forward, forward);
  // No hook is left that a later trace would tell of too.
  assertEquals(model.trace([1, 1, 8, 8]).layers.length, 2);
  for (const [, module] of model.namedModules()) {
    assert(methodOf(module) !== null);
  }
  assertThrows(() => model.trace(), TypeError, "the shape of every input");
  const failure = Promise.withResolvers<unknown>();
  class Awaits extends Module {
    override async forward(x: Tensor): Promise<void> {
      await x.data().catch(failure.resolve);
    }
  }
  const trace = new Awaits().trace([1]);
  assertEquals(trace.outputShape, null);
  assert(await failure.promise instanceof DeviceError);
});

Deno.test("summary is the model's text, a line for each layer, the sums", () => {
  const model = new Sequential(new Linear(1500, 2, { bias: false }));
  assertEquals(summary(model, [1000, 1500]).split("\n"), [
    "Sequential(",
    "  (0): Linear(in_features=1500, out_features=2, bias=False)",
    ")",
    "",
    "input: [1000, 1500]",
    "layer  class   output shape  parameters  multiply-adds  memory",
    "0      Linear  [1000, 2]          3,000      3,000,000  8.0 kB",
    "parameters: 3,000, 12.0 kB",
    "multiply-adds: 3,000,000",
    "memory of the outputs: 8.0 kB",
  ]);
});
