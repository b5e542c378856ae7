/**
 * Prints how many of a hundred test digits are read right in pictures of every
 * kind, how well probabilities are calibrated, and how much is refused:
 *
 *     deno run --allow-read --unstable-webgpu tests/digits/table.ts [KIND]
 *
 * Options were tuned on the first half alone; the second half is held out.
 */

import { CpuDevice } from "../../src/devices/cpu/cpu_device.ts";
import { predictDigits, readDigits } from "../../src/digits/mod.ts";
import { ConvolutionalNeuralNetwork } from "../../src/models/convolutional_neural_network.ts";
import { cardOf } from "../../src/models/card.ts";
import { readShippedWeights } from "../../src/models/shipped_weights.ts";
import { looks } from "./_looks.ts";
import { asPng } from "./_pictures.ts";
import { scenes } from "./_scenes.ts";
import { labels, testDigit } from "./_test_digits.ts";

/** Makes the picture of a test digit, and tells what is in it. */
type Kind = (row: number) => [bytes: Uint8Array, text: string];

const kinds: [name: string, must: number, make: Kind][] = [
  ...Object.entries(looks).map(([name, make]): [string, number, Kind] => [
    name,
    96,
    (row) => [make(testDigit(row)), String(labels[row])],
  ]),
  ...Object.entries(scenes).map(([name, [make, must]]): [
    string,
    number,
    Kind,
  ] => [
    name,
    must,
    (row) => {
      let next = row;
      const { picture, text } = make(row, () => {
        const at = next++ % 100;
        return { pixels: testDigit(at), label: labels[at] };
      });
      return [asPng(picture), text];
    },
  ]),
];

using device = CpuDevice.open({ threads: 1 });
const model = new ConvolutionalNeuralNetwork().to(device);
const { metadata, tensors } = await readShippedWeights();
model.loadStateDict(tensors);
const { temperature } = cardOf(metadata);

/** Of one digit, its probability and whether it is right. */
const seen: { isHeldOut: boolean; probability: number; isRight: boolean }[] =
  [];

console.log("tuned on / held out / must, of 50, 50 and 100");
for (const [name, must, make] of kinds) {
  if (!name.includes(Deno.args[0] ?? "")) continue;
  const right = [0, 0];
  for (let row = 0; row < 100; row++) {
    const [bytes, text] = make(row);
    const found = await look(bytes);
    if (found.text === text) right[row < 50 ? 0 : 1]++;
    if (text.length === 1 && found.probability !== null) {
      const isRight = found.text === text;
      seen.push({
        isHeldOut: row >= 50,
        probability: found.probability,
        isRight,
      });
    }
  }
  console.log(`${right.join(" / ")} / ${must}  ${name}`);
}
for (const isHeldOut of [false, true]) {
  const part = seen.filter((each) => each.isHeldOut === isHeldOut);
  const error = calibrationError(part).toFixed(4);
  console.log(`expected calibration error, held out ${isHeldOut}: ${error}`);
}

/** The digits of a picture, `?` for what is none; nothing where none is read. */
async function look(bytes: Uint8Array) {
  try {
    const predictions = await predictDigits(
      device,
      model,
      await readDigits(bytes),
      { temperature },
    );
    const text = predictions.map(({ digit, isDigit }) => isDigit ? digit : "?")
      .join("");
    const { probability } = predictions[0];
    return { text: /\d/.test(text) ? text : "", probability };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { text: "", probability: null };
  }
}

/** Fifteen bins of equal width: Guo et al., 2017, arXiv:1706.04599. */
function calibrationError(part: typeof seen): number {
  let sum = 0;
  for (let bin = 0; bin < 15; bin++) {
    const inside = part.filter(({ probability }) =>
      Math.min(14, Math.floor(probability * 15)) === bin
    );
    const right = inside.filter(({ isRight }) => isRight).length;
    const sure = inside.reduce((sum, { probability }) => sum + probability, 0);
    sum += Math.abs(right - sure);
  }
  return sum / part.length;
}
