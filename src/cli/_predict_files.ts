import type { Device } from "../devices/device.ts";
import { type Digit, drawAscii, readDigit } from "../digits/mod.ts";
import { classLabel, type ModelCard } from "../models/mod.ts";
import type { Layer } from "../nn/mod.ts";
import { type Guess, predictDigits } from "../digits/predict_digits.ts";
import type { Given } from "./_command.ts";

/** Prints what a model sees in pictures, one line each, or as JSON. */
export async function predictFiles(
  device: Device,
  model: Layer,
  { files, flags }: Given,
  { classNames }: ModelCard,
): Promise<void> {
  const named = ({ digit, probability }: Guess) => ({
    digit: classLabel(digit, classNames),
    probability,
  });
  const digits: Digit[] = [];
  for (const file of files) digits.push(await readDigit(file));
  const seen = await predictDigits(device, model, digits);
  if (flags.has("json")) {
    const pictures = seen.map((prediction, row) => ({
      file: files[row],
      ...prediction,
      ...named(prediction),
      top: prediction.top.map(named),
      dark_on_light: digits[row].isDark,
      pixels: flags.has("show") ? [...digits[row].image.data] : undefined,
    }));
    return console.log(JSON.stringify({ pictures }));
  }
  for (const [row, { top, ...first }] of seen.entries()) {
    console.log(
      `${files[row]}: ${guess(named(first))}; top ${top.length}: ` +
        top.map((one) => guess(named(one))).join(", "),
    );
    if (flags.has("show")) console.log(drawAscii(digits[row].image));
  }
}

function guess(
  { digit, probability }: { digit: string | number; probability: number },
): string {
  return `${digit} ${(100 * probability).toFixed(2)} %`;
}
