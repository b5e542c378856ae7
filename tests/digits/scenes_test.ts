import { assert, assertEquals, assertRejects } from "@std/assert";
import { CpuDevice } from "../../src/devices/cpu/cpu_device.ts";
import { FormatError } from "../../src/base/errors.ts";
import { readDigit, readDigits } from "../../src/digits/mod.ts";
import { predictDigits } from "../../src/digits/predict_digits.ts";
import { ConvolutionalNeuralNetwork } from "../../src/models/convolutional_neural_network.ts";
import { cardOf } from "../../src/models/card.ts";
import { readShippedWeights } from "../../src/models/shipped_weights.ts";
import { asBmp } from "./_pictures.ts";
import { type MakeScene, scenes } from "./_scenes.ts";
import { labels, testDigit } from "./_test_digits.ts";
import { needs } from "../permissions.ts";

needs(import.meta.url, "read");

/** Some of the digits on which nothing was tuned: the second half of a hundred. */
const rows = [52, 57, 61, 66, 71, 75, 83, 88, 92, 97];

for (const [name, [make]] of Object.entries(scenes).slice(0, 4)) {
  Deno.test(`9 of 10 digits are seen right: ${name}`, async () => {
    const right = await rightOf(rows, make);
    assert(right >= 9, `${right} of 10`);
  });
}

Deno.test("93 of 100 digits are seen right: rotated 20–30°", async () => {
  const [make] = scenes["rotated 20–30°"];
  const right = await rightOf(Array.from(labels.keys()), make);
  assert(right >= 93, `${right} of 100`);
});

/** How many test digits are seen right in scenes of a kind. */
async function rightOf(
  rows: readonly number[],
  make: MakeScene,
): Promise<number> {
  using device = CpuDevice.open({ threads: 1 });
  const model = new ConvolutionalNeuralNetwork().to(device);
  const { metadata, tensors } = await readShippedWeights();
  model.loadStateDict(tensors);
  const { temperature } = cardOf(metadata);
  const digits = [];
  for (const row of rows) {
    const sample = () => ({ pixels: testDigit(row), label: labels[row] });
    digits.push(await readDigit(asBmp(make(row, sample).picture)));
  }
  const seen = await predictDigits(device, model, digits, { temperature });
  return seen.filter(({ digit }, at) => digit === labels[rows[at]]).length;
}

Deno.test("what is no digit is refused, and several digits are read", async () => {
  using device = CpuDevice.open({ threads: 1 });
  const model = new ConvolutionalNeuralNetwork().to(device);
  const { metadata, tensors } = await readShippedWeights();
  model.loadStateDict(tensors);
  const { temperature } = cardOf(metadata);
  for (const name of ["several digits", "a scribble", "nothing"]) {
    const [make] = scenes[name];
    for (const seed of [60, 61, 62, 63]) {
      let row = seed;
      const { picture, text } = make(seed, () => ({
        pixels: testDigit(row),
        label: labels[row++],
      }));
      const bytes = asBmp(picture);
      if (name === "nothing") {
        await assertRejects(() => readDigits(bytes), FormatError, "no digit");
        continue;
      }
      const digits = await readDigits(bytes);
      const seen = await predictDigits(device, model, digits, { temperature });
      const found = seen.map(({ digit, isDigit }) => isDigit ? digit : "");
      assertEquals(found.join(""), text, `${name} ${seed}`);
    }
  }
});
