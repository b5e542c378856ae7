import { assertEquals, assertThrows } from "@std/assert";
import { tidy } from "../../src/core/scope.ts";
import { Tensor } from "../../src/core/tensor.ts";
import { TensorDataset } from "../../src/data/tensor_dataset.ts";
import { predictDigits } from "../../src/digits/predict_digits.ts";
import type { Digit } from "../../src/digits/digit_of.ts";
import { ConvolutionalNeuralNetwork } from "../../src/models/mod.ts";
import { add, argmax } from "../../src/ops/mod.ts";
import { predict } from "../../src/training/predict.ts";
import { predictionsOf } from "../../src/training/predict_rows.ts";
import { deviceTest } from "../_devices.ts";
import { uniform } from "../reference.ts";

const pixels = Float32Array.from(uniform(150 * 784, 1));
const images = new TensorDataset(pixels, new Uint8Array(150), {
  rowShape: [1, 28, 28],
  classes: 10,
});

deviceTest("ten predictions side by side are ten alone", async (device) => {
  const model = new ConvolutionalNeuralNetwork().to(device, { seed: 0 });
  const alone = await predict(device, model, images);
  assertEquals(alone.length, 150);
  const together = await Promise.all(
    Array.from({ length: 10 }, () => predict(device, model, images)),
  );
  for (const one of together) assertEquals(one, alone);
});

deviceTest("ten digits are predicted side by side", async (device) => {
  const model = new ConvolutionalNeuralNetwork().to(device, { seed: 0 });
  const digit: Digit = {
    shape: [1, 28, 28],
    data: pixels.slice(0, 784),
    image: { width: 28, height: 28, data: new Uint8Array(784) },
    isDark: false,
  };
  const [alone] = await predictDigits(device, model, [digit]);
  const together = await Promise.all(
    Array.from(
      { length: 10 },
      () => predictDigits(device, model, [digit]),
    ),
  );
  for (const one of together) assertEquals(one, [alone]);
});

deviceTest("tidy frees all but what it returns", async (device) => {
  using x = Tensor.from(device, [1, 2], [2]);
  const made: Tensor[] = [];
  const { sum } = tidy(() => {
    made.push(add(x, x));
    return { sum: add(made[0], x) };
  });
  assertEquals(await sum.data(), new Float32Array([3, 6]));
  assertThrows(() => made[0].buffer, TypeError, "freed");
  sum[Symbol.dispose]();
});

deviceTest("tidy takes no asynchronous function", (device) => {
  using x = Tensor.from(device, [1, 2], [2]);
  const later = (() => Promise.resolve(add(x, x))) as unknown as () => Tensor;
  assertThrows(() => tidy(later), TypeError, "result of tidy()");
  assertThrows(() => tidy(later), TypeError, "got a promise");
});

deviceTest(
  "NaN is above all scores, in rows as in `argmax`",
  async (device) => {
    const scores = [[1, NaN, 2], [-0, 0, -1], [3, 1, 3], [NaN, 1, NaN]];
    using output = Tensor.from(device, scores);
    const found = await predictionsOf(output);
    assertEquals(
      found.map(({ prediction }) => prediction),
      await argmax(output).tolist(),
    );
  },
);
