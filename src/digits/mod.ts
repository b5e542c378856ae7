/**
 * Images of one channel: laid out, drawn in the terminal, written as PNG; and
 * pictures of digits, read and recognised.
 *
 * @example
 * ```ts
 * import { ConvolutionalNeuralNetwork, openDevice, readShippedWeights } from "@x/mnist-cnn";
 * import { encodePng, makeGrid, predictDigits, readDigit } from "@x/mnist-cnn/digits";
 * import { assertEquals } from "@std/assert";
 *
 * const pixels = new Uint8Array(28 * 28);
 * for (let y = 4; y < 24; y++) pixels.fill(255, y * 28 + 13, y * 28 + 15);
 * const stroke = await readDigit(
 *   await encodePng(makeGrid(pixels, [28, 28])),
 * );
 * using device = await openDevice({ device: "cpu" });
 * const model = new ConvolutionalNeuralNetwork().to(device);
 * model.loadStateDict((await readShippedWeights()).tensors);
 * const [seen] = await predictDigits(device, model, [stroke]);
 * assertEquals(seen.digit, 1);
 * ```
 *
 * @module
 */

import "./display.ts";

export type { Box, Digit, PlacedDigit } from "./digit_of.ts";
export { drawAscii } from "./draw_ascii.ts";
export { drawImage, type DrawOptions } from "./draw.ts";
export type { GrayImage } from "./gray_image.ts";
export { type GridOptions, type ImageBatch, makeGrid } from "./make_grid.ts";
export {
  type DigitPrediction,
  type Guess,
  predictDigits,
  type PredictDigitsOptions,
} from "./predict_digits.ts";
export { encodePng, writePng } from "./png.ts";
export { readDigit, readDigits } from "./read_digit.ts";
