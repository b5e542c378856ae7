import { FormatError } from "../../base/errors.ts";
import type { Device } from "../../devices/device.ts";
import {
  type Digit,
  digitsOf,
  digitsOfInk,
  type PlacedDigit,
} from "../../digits/digit_of.ts";
import {
  predictDigits,
  type PredictDigitsOptions,
} from "../../digits/predict_digits.ts";
import type { Classifier } from "../../models/networks.ts";
import type { Picture, Seen } from "./protocol.ts";

/**
 * The digits in a picture, and what the network takes them for.
 *
 * @param options What logits are divided by before the softmax, and the names of
 * the classes.
 */
export async function see(
  device: Device,
  model: Classifier,
  options: PredictDigitsOptions,
  picture: Picture,
): Promise<Seen[]> {
  const digits = digitsIn(picture);
  if (digits.length === 0) return [];
  const predictions = await predictDigits(device, model, digits, options);
  return predictions.map(({ digit, isDigit, probabilities }, row) => ({
    box: "box" in digits[row] ? (digits[row] as PlacedDigit).box : null,
    data: digits[row].data,
    index: digit,
    probabilities,
    isDigit,
  }));
}

function digitsIn(picture: Picture): readonly Digit[] {
  switch (picture.kind) {
    case "image":
      return [asItIs(picture.pixels)];
    case "drawing": {
      const { height, ink, width } = picture;
      const data = new Float32Array(ink.length);
      for (let pixel = 0; pixel < ink.length; pixel++) {
        data[pixel] = ink[pixel] / 255;
      }
      return digitsOfInk({ width, height, data });
    }
    case "photo":
      return inPhoto(picture);
  }
}

function asItIs(pixels: Uint8Array): Digit {
  return {
    shape: [1, 28, 28],
    data: Float32Array.from(pixels, (value) => value / 255),
    image: { width: 28, height: 28, data: pixels.slice() },
    isDark: false,
  };
}

/** None where nothing stands out. */
function inPhoto(
  { height, pixels, width }: Picture & { kind: "photo" },
): PlacedDigit[] {
  const image = { width, height, channels: 4, data: pixels, white: 255 };
  try {
    return digitsOf(image, "the picture");
  } catch (error) {
    if (error instanceof FormatError) return [];
    throw error;
  }
}
