import { assert } from "@std/assert";
import { decode } from "npm:fast-png@8.0.0";
import { CpuDevice } from "../../src/devices/cpu/cpu_device.ts";
import { type Digit, predictDigits } from "../../src/digits/mod.ts";
import { cardOf } from "../../src/models/card.ts";
import { ConvolutionalNeuralNetwork } from "../../src/models/convolutional_neural_network.ts";
import { readShippedWeights } from "../../src/models/shipped_weights.ts";
import { needs } from "../permissions.ts";
import { labels, testDigit } from "./_test_digits.ts";

needs(import.meta.url, "read");

function digitOf(pixels: Uint8Array<ArrayBuffer>): Digit {
  return {
    shape: [1, 28, 28],
    data: Float32Array.from(pixels, (value) => value / 255),
    image: { width: 28, height: 28, data: pixels },
    isDark: true,
  };
}

/** How many of the images are taken for digits. */
async function taken(images: readonly Digit[]): Promise<number> {
  using device = CpuDevice.open({ threads: 1 });
  const model = new ConvolutionalNeuralNetwork().to(device);
  const { metadata, tensors } = await readShippedWeights();
  model.loadStateDict(tensors);
  const { temperature } = cardOf(metadata);
  const seen = await predictDigits(device, model, images, { temperature });
  return seen.filter(({ isDigit }) => isDigit).length;
}

Deno.test("85 of 100 letters of fonts that the gate was not trained with are refused", async () => {
  // A, C, …, y of Liberation Sans, Serif, Mono Bold and Sans Italic, as
  // readDigit placed them.
  const file = new URL("../golden/letters_140.png", import.meta.url);
  const { data, width } = decode(await Deno.readFile(file));
  const letters = Array.from({ length: 140 }, (_, letter) => {
    const [left, top] = [28 * (letter % 14), 28 * Math.floor(letter / 14)];
    return digitOf(Uint8Array.from({ length: 784 }, (_, pixel) => {
      const [x, y] = [left + pixel % 28, top + Math.floor(pixel / 28)];
      return data[y * width + x];
    }));
  });
  const found = await taken(letters);
  assert(found <= 0.15 * 140, `${found} of 140 letters are taken for digits`);
});

Deno.test("of a hundred digits at most two are refused", async () => {
  const digits = Array.from(
    labels.keys(),
    (row) => digitOf(new Uint8Array(testDigit(row))),
  );
  const found = await taken(digits);
  assert(found >= 98, `${found} of 100 digits are taken for digits`);
});
