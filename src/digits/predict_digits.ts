import { checkOptions } from "../base/options.ts";
import type { Device } from "../devices/device.ts";
import type { Digit } from "./digit_of.ts";
import type { Layer } from "../nn/mod.ts";
import { lookLikeDigits } from "./_gate.ts";
import { logitsOf } from "./_logits.ts";
import { lookTurned } from "./turned.ts";

/** A digit that something may be, and how likely it is. */
export interface Guess {
  /** The digit, or class. */
  digit: number;
  /** Its probability by the model, 0…1: the softmax of logits / temperature. */
  probability: number;
}

/** How digits are predicted. */
export interface PredictDigitsOptions {
  /**
   * What logits are divided by before the softmax: `temperature` of the card of
   * weights, or `metrics.findTemperature`. Default 1.
   */
  temperature?: number;
  /** The names of the classes. Default: digits. */
  classNames?: readonly string[];
}

/** A model's prediction for an image. */
export interface DigitPrediction extends Guess {
  /** The likeliest three, or all where there are fewer. */
  top: Guess[];
  /** The probability of each class. */
  probabilities: number[];
  /**
   * Whether it looks like a digit: not like a letter or a sign, its probability
   * is high enough, and its strokes are not longer than those of such a digit
   * are. Always so where a model has other classes than ten digits.
   */
  isDigit: boolean;
}

/** What is less probable is no digit. */
const leastProbability = 0.35;

/**
 * The longest strokes of each digit, for one of its longer side: of MNIST's
 * 0.5 % have longer ones, less a tenth for rotation and other pens.
 */
const longest = [3.2, 2, 3.1, 3.3, 2.6, 3.1, 3.2, 2.6, 3.4, 2.8];

/**
 * Predictions of a model for images that {@linkcode readDigit} has read. Where
 * it is unsure of a digit, it looks at it turned by up to 30° as well.
 *
 * @param device Where the model is.
 * @param model From `[N, 1, 28, 28]` to logits; left in evaluation mode.
 * @param digits The images.
 * @param options The temperature, and the names of the classes.
 * @throws {ShapeError} If there are none.
 * @throws {TypeError} If there is no such option.
 *
 * @example
 * ```ts ignore
 * const model = new ConvolutionalNeuralNetwork().to(device);
 * model.loadStateDict((await readShippedWeights()).tensors);
 * const seen = await predictDigits(device, model, [await readDigit("my.jpg")]);
 * console.log(seen[0].digit, seen[0].probability);
 * ```
 */
export async function predictDigits(
  device: Device,
  model: Layer,
  digits: readonly Digit[],
  options: PredictDigitsOptions = {},
): Promise<DigitPrediction[]> {
  checkOptions("predictDigits", options, ["classNames", "temperature"]);
  const { classNames, temperature = 1 } = options;
  const images = digits.map(({ data }) => data);
  const all = await lookTurned(images, async (images) => {
    const logits = await logitsOf(device, model, images);
    return logits.map((own) => softmax(own, temperature));
  });
  const found = await areDigits(device, digits, all, classNames);
  return all.map((probabilities, row) => {
    const top = probabilities
      .map((probability, digit) => ({ digit, probability }))
      .sort((a, b) => b.probability - a.probability)
      .slice(0, 3);
    return { ...top[0], top, probabilities, isDigit: found[row] };
  });
}

/**
 * Whether each of these looks like a digit at all.
 *
 * @param all The probabilities of each.
 */
export async function areDigits(
  device: Device,
  digits: readonly Pick<Digit, "data" | "strokeLength">[],
  all: readonly ArrayLike<number>[],
  classNames?: readonly string[],
): Promise<boolean[]> {
  // Of other classes than digits nothing is known.
  const isKnown = all[0]?.length === 10 &&
    (classNames?.every((name) => /^\d$/.test(name)) ?? true);
  if (!isKnown) return digits.map(() => true);
  const pass = await lookLikeDigits(device, digits.map(({ data }) => data));
  return digits.map(({ strokeLength = 0 }, row) => {
    const own = Array.from(all[row]);
    const probability = Math.max(...own);
    return pass[row] && probability >= leastProbability &&
      strokeLength <= longest[own.indexOf(probability)];
  });
}

function softmax(logits: readonly number[], temperature: number): number[] {
  const largest = Math.max(...logits);
  const powers = logits.map((logit) =>
    Math.exp((logit - largest) / temperature)
  );
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}
