import type { Device } from "../devices/device.ts";
import { areDigits } from "../digits/predict_digits.ts";
import type { ModelCard } from "../models/mod.ts";
import type { Batcher, Probabilities } from "./_batcher.ts";
import type { Posted } from "./_images.ts";
import { Refusal } from "./_refusal.ts";

/**
 * The predictions for the images of a request, as they are answered; for
 * pictures whether they are digits, too.
 */
export async function predictionsOf(
  device: Device,
  batcher: Batcher,
  { classNames }: ModelCard,
  posted: Promise<Posted>,
): Promise<object[]> {
  const all = await batcher.probabilities(posted.then(({ images }) => images));
  const { digits } = await posted;
  if (digits === null) return all.map((one) => prediction(one, classNames));
  const found = await areDigits(device, digits, all, classNames);
  if (!found.includes(true)) throw noDigit(found.length);
  return all.map((one, row) => ({
    ...prediction(one, classNames),
    is_digit: found[row],
  }));
}

function prediction(
  probabilities: Probabilities,
  classNames: readonly string[] = [],
): object {
  const all = Array.from(probabilities);
  const probability = Math.max(...all);
  const digit = all.indexOf(probability);
  return {
    digit,
    label: classNames[digit],
    probability,
    probabilities: all,
  };
}

function noDigit(pictures: number): Refusal {
  return new Refusal(422, {
    what: pictures === 1 ? "picture" : "pictures",
    expected: "a digit",
    got: "no digit: what is drawn looks like none",
    help: "Draw a digit from 0 to 9; 28 × 28 pixels, raw or as JSON, are " +
      "looked at as they are.",
  });
}
