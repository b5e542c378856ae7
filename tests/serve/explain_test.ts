import { assertAlmostEquals, assertEquals } from "@std/assert";
import { Conv2d, Flatten, Linear, Sequential, Tensor } from "../../mod.ts";
import { explain } from "../../src/serve/engine/explain.ts";
import { pixelSum } from "../../src/serve/page/pixel_sum.ts";
import {
  ConvolutionalNeuralNetwork,
  readShippedWeights,
} from "../../src/models/mod.ts";
import { testDigit } from "../digits/_test_digits.ts";
import { deviceTest } from "../_devices.ts";

deviceTest(
  "explain: gradients of a score by the pixels, and maps",
  async (device) => {
    const model = new ConvolutionalNeuralNetwork().to(device, { seed: 0 });
    model.loadStateDict((await readShippedWeights()).tensors);
    model.eval();
    const image = Float32Array.from(testDigit(0), (value) => value / 255);
    const { layers, saliency } = await explain(device, model, image, 7);
    assertEquals(
      layers.map(({ kind, name, shape }) => `${name} ${kind} ${shape}`),
      [
        "layer1.0 Conv2d 16,28,28",
        "layer1.1 BatchNorm2d 16,28,28",
        "layer1.2 ReLU 16,28,28",
        "layer1.3 MaxPool2d 16,14,14",
        "layer2.0 Conv2d 32,14,14",
        "layer2.1 BatchNorm2d 32,14,14",
        "layer2.2 ReLU 32,14,14",
        "layer2.3 MaxPool2d 32,7,7",
        "fc Linear 10",
      ],
    );
    // Every pixel of the convolutions is the sum that the page shows.
    for (const { convolution, data, name, shape } of layers) {
      assertEquals(convolution !== null, /^layer\d\.0$/.test(name), name);
      if (convolution === null) continue;
      const [, height, width] = shape;
      for (const [at, value] of data.entries()) {
        const column = at % width;
        const row = Math.floor(at / width) % height;
        const map = Math.floor(at / (width * height));
        const sum = pixelSum(convolution, [map, row, column]);
        assertAlmostEquals(sum.value, value, 1e-4, `${name} ${at}`);
        const own = sum.pixels.reduce(
          (total, pixel, at) => total + pixel * sum.weights[at],
          0,
        );
        const amounts = sum.channels.map(Math.abs);
        assertEquals(Math.abs(own), Math.max(...amounts));
        assertEquals(own, sum.channels[sum.channel]);
      }
    }
    const scores = async (pixels: Float32Array) => {
      using x = Tensor.from(device, pixels, [1, 1, 28, 28]);
      return await model.forward(x).data();
    };
    const logits = layers.at(-1)!.data;
    for (const [index, score] of (await scores(image)).entries()) {
      assertAlmostEquals(logits[index], score, 1e-4);
    }
    // By differences, at the pixel that matters most.
    const amounts = saliency.map(Math.abs);
    const pixel = amounts.indexOf(Math.max(...amounts));
    const step = 1e-3;
    const at = async (change: number) => {
      const changed = image.slice();
      changed[pixel] += change;
      return (await scores(changed))[7];
    };
    const slope = (await at(step) - await at(-step)) / (2 * step);
    assertAlmostEquals(saliency[pixel], slope, 0.02 * Math.abs(slope));
    // The weights are as they were: with no gradient, and wanting one.
    assertEquals(
      model.parameters().every(({ grad, requiresGrad }) =>
        grad === null && requiresGrad
      ),
      true,
    );
  },
  ["read"],
);

deviceTest(
  "explain: a convolution without a bias adds none",
  async (device) => {
    const model = Object.assign(
      new Sequential(
        new Conv2d(1, 2, 3, { bias: false }),
        new Flatten(),
        new Linear(2 * 26 * 26, 3),
      ),
      { classes: 3 },
    ).to(device, { seed: 0 });
    model.eval();
    const image = Float32Array.from(testDigit(0), (value) => value / 255);
    const { layers: [{ convolution, data }] } = await explain(
      device,
      model,
      image,
      2,
    );
    assertEquals(convolution!.biases, null);
    const sum = pixelSum(convolution!, [1, 12, 13]);
    assertEquals(sum.bias, 0);
    assertAlmostEquals(sum.value, data[26 * 26 + 12 * 26 + 13], 1e-4);
  },
);
