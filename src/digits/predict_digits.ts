import { TensorDataset } from "../data/tensor_dataset.ts";
import type { Device } from "../devices/device.ts";
import type { Digit } from "./digit_of.ts";
import type { Layer } from "../nn/mod.ts";
import { predict } from "../training/predict.ts";

/** A digit that something may be, and how likely it is. */
export interface Guess {
  /** The digit, or class. */
  digit: number;
  /** Its probability by the model, 0…1: the softmax of the logits. */
  probability: number;
}

/** A model's prediction for an image. */
export interface DigitPrediction extends Guess {
  /** The likeliest three, or all where there are fewer. */
  top: Guess[];
  /** The probability of each class. */
  probabilities: number[];
}

/**
 * Predictions of a model for images that {@linkcode readDigit} has read.
 *
 * @param device Where the model is.
 * @param model From `[N, 1, 28, 28]` to logits; left in evaluation mode.
 * @param digits The images.
 * @throws {ShapeError} If there are none.
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
): Promise<DigitPrediction[]> {
  const pixels = new Float32Array(digits.length * 28 * 28);
  for (const [row, { data }] of digits.entries()) {
    pixels.set(data, row * data.length);
  }
  // The labels are not looked at.
  const labels = new Uint8Array(digits.length);
  const options = { rowShape: [1, 28, 28], classes: 1 };
  const dataset = new TensorDataset(pixels, labels, options);
  return (await predict(device, model, dataset)).map(({ logits }) => {
    const probabilities = softmax(logits);
    const top = probabilities
      .map((probability, digit) => ({ digit, probability }))
      .sort((a, b) => b.probability - a.probability)
      .slice(0, 3);
    return { ...top[0], top, probabilities };
  });
}

function softmax(logits: readonly number[]): number[] {
  const largest = Math.max(...logits);
  const powers = logits.map((logit) => Math.exp(logit - largest));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}
