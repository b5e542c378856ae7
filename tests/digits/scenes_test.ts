import { assert, assertEquals, assertRejects } from "@std/assert";
import { CpuDevice } from "../../src/devices/cpu/cpu_device.ts";
import { FormatError } from "../../src/base/errors.ts";
import { readDigit, readDigits } from "../../src/digits/mod.ts";
import { predictDigits } from "../../src/digits/predict_digits.ts";
import { ConvolutionalNeuralNetwork } from "../../src/models/convolutional_neural_network.ts";
import { readShippedWeights } from "../../src/models/shipped_weights.ts";
import { asPng } from "./_pictures.ts";
import { scenes } from "./_scenes.ts";
import { labels, testDigit } from "./_test_digits.ts";
import { needs } from "../permissions.ts";

needs(import.meta.url, "read");

/** Some of the digits on which nothing was tuned: the second half of a hundred. */
const rows = [52, 57, 61, 66, 71, 75, 83, 88, 92, 97];

for (const [name, [make]] of Object.entries(scenes).slice(0, 4)) {
  Deno.test(`9 of 10 digits are seen right: ${name}`, async () => {
    using device = CpuDevice.open({ threads: 1 });
    const model = new ConvolutionalNeuralNetwork().to(device);
    model.loadStateDict((await readShippedWeights()).tensors);
    const digits = [];
    for (const row of rows) {
      const sample = () => ({ pixels: testDigit(row), label: labels[row] });
      digits.push(await readDigit(asPng(make(row, sample).picture)));
    }
    const seen = await predictDigits(device, model, digits);
    const right = seen.filter(({ digit }, at) => digit === labels[rows[at]]);
    assert(right.length >= 9, seen.map(({ digit }) => digit).join(" "));
  });
}

Deno.test("what is no digit is refused, and several digits are read", async () => {
  using device = CpuDevice.open({ threads: 1 });
  const model = new ConvolutionalNeuralNetwork().to(device);
  model.loadStateDict((await readShippedWeights()).tensors);
  for (const name of ["several digits", "a scribble", "nothing"]) {
    const [make] = scenes[name];
    for (const seed of [60, 61, 62, 63]) {
      let row = seed;
      const { picture, text } = make(seed, () => ({
        pixels: testDigit(row),
        label: labels[row++],
      }));
      const bytes = asPng(picture);
      if (name === "nothing") {
        await assertRejects(() => readDigits(bytes), FormatError, "no digit");
        continue;
      }
      const seen = await predictDigits(device, model, await readDigits(bytes));
      const found = seen.map(({ digit, isDigit }) => isDigit ? digit : "");
      assertEquals(found.join(""), text, `${name} ${seed}`);
    }
  }
});
