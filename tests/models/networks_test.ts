import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { ShapeError } from "../../src/base/errors.ts";
import { Tensor } from "../../src/core/tensor.ts";
import { CpuDevice } from "../../src/devices/cpu/cpu_device.ts";
import {
  cardMetadata,
  cardOf,
  ConvolutionalNeuralNetwork,
  MultilayerPerceptron,
  type NetworkName,
  networkOf,
  NETWORKS,
  WiderConvolutionalNeuralNetwork,
} from "../../src/models/mod.ts";

const names = Object.keys(NETWORKS) as NetworkName[];

async function weightsOf(name: NetworkName, classes: number) {
  using device = CpuDevice.open({ threads: 1 });
  return await NETWORKS[name](classes).to(device, { seed: 0 }).stateDict();
}

Deno.test("the names of the weights tell the network and its classes", async () => {
  for (const name of names) {
    const { network, weights } = networkOf(await weightsOf(name, 26));
    assertEquals(String(network), String(NETWORKS[name](26)));
    assertEquals(network.classes, 26);
    network.to(CpuDevice.open({ threads: 1 })).loadStateDict(weights);
  }
  assertEquals(networkOf(new Map()).network.classes, 10);
});

Deno.test("a state dictionary within others is found for every network", async () => {
  for (const name of names) {
    const own = await weightsOf(name, 3);
    const outer = new Map(
      [...own].map(([key, tensor]) => [`model_state_dict.${key}`, tensor]),
    );
    const { network, weights } = networkOf(outer);
    assertEquals([...weights.keys()], [...own.keys()]);
    assertEquals(String(network), String(NETWORKS[name](3)));
  }
});

Deno.test("the metadata of a file name its network, free text does not", async () => {
  const weights = await weightsOf("mlp", 10);
  assertEquals(networkOf(weights, { network: "cnn" }).network.classes, 10);
  const text = String(new ConvolutionalNeuralNetwork());
  assertEquals(String(networkOf(weights, { network: "cnn" }).network), text);
  const { network } = networkOf(weights, { network: "a network of mine" });
  assertEquals(String(network), String(new MultilayerPerceptron()));
});

Deno.test("a card's temperature is in the metadata, 1 is left out", () => {
  assertEquals(cardMetadata({ temperature: 1.5 }), { temperature: "1.5" });
  assertEquals(cardOf({ temperature: "1.5" }), { temperature: 1.5 });
  assertEquals(cardMetadata({ temperature: 1 }), {});
  for (const temperature of ["", "0", "-1", "hot", "Infinity"]) {
    assertEquals(cardOf({ temperature }), {}, temperature);
  }
});

Deno.test("the wider network is the same class with three widths", () => {
  const wider = new WiderConvolutionalNeuralNetwork();
  const made = new ConvolutionalNeuralNetwork(10, { widths: [24, 48, 96] });
  const shape = [2, 1, 28, 28];
  const [, ...layers] = made.trace(shape).layers;
  assertEquals(wider.trace(shape).layers.slice(1), layers);
  const names = (model: ConvolutionalNeuralNetwork) =>
    Array.from(model.namedTensors(), ([name]) => name);
  assertEquals(names(wider), names(made));
  assertEquals(wider.trace(shape).parameters, 153_754);
  for (const widths of [[], [8, 8, 8, 8, 8]]) {
    assertThrows(
      () => new ConvolutionalNeuralNetwork(10, { widths }),
      RangeError,
      "widths: expected output channels of 1 to 4 blocks, got",
    );
  }
});

Deno.test("the perceptron flattens images and prints PyTorch's text", () => {
  using device = CpuDevice.open({ threads: 1 });
  const model = new MultilayerPerceptron().to(device, { seed: 0 });
  assertEquals(
    String(model),
    `MultilayerPerceptron(
  (fc1): Linear(in_features=784, out_features=500, bias=True)
  (fc2): Linear(in_features=500, out_features=10, bias=True)
)`,
  );
  using x = Tensor.from(device, new Float32Array(3 * 784), [3, 1, 28, 28]);
  assertEquals(model.forward(x).shape, [3, 10]);
  assertEquals(model.trace([3, 1, 28, 28]).parameters, 397_510);
});

Deno.test("networks are made for images of any size and their weights tell it", async () => {
  using device = CpuDevice.open({ threads: 1 });
  for (const inputShape of [[1, 16, 16], [3, 32, 32], [1, 8, 20]]) {
    for (const name of names) {
      const model = NETWORKS[name](5, inputShape).to(device, { seed: 0 });
      const { outputShape } = model.trace([2, ...inputShape]);
      assertEquals(outputShape, [2, 5]);
      const isSquare = inputShape[1] === inputShape[2];
      if (!isSquare || (name === "mlp" && inputShape[0] > 1)) continue;
      const found = networkOf(await model.stateDict());
      assertEquals(found.card.inputShape, inputShape);
      found.network.to(device).loadStateDict(found.weights);
    }
  }
  const error = assertThrows(
    () => new ConvolutionalNeuralNetwork().trace([2, 1, 16, 16]),
    ShapeError,
  );
  assertMatch(
    error.message,
    /28 × 28 pixels of 1 channel, got \[N, 1, 16, 16\]/,
  );
  assertThrows(
    () =>
      new ConvolutionalNeuralNetwork(10, {
        inputShape: [1, 4, 4],
        widths: [1, 1, 1],
      }),
    RangeError,
    "expected output channels of 1 to 2 blocks, got 3. Help: Each block halves the 4 × 4 pixels.",
  );
  assertThrows(
    () => new ConvolutionalNeuralNetwork(10, { inputShape: [28, 28] }),
    ShapeError,
    "inputShape: expected [channels, height, width], got [28, 28]",
  );
});
