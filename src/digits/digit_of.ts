import { describe, FormatError } from "../base/errors.ts";
import { inkOf } from "./_ink.ts";
import { placeDigit } from "./_place_digit.ts";
import { type Brightness, brightnessOf, type Pixels } from "./_pixels.ts";
import { resample } from "./_resample.ts";
import { strokesOf } from "./_strokes.ts";
import type { GrayImage } from "./gray_image.ts";

/** A digit as MNIST has it: light strokes on black, in the middle. */
export interface Digit {
  /** One channel of 28 × 28 pixels. */
  readonly shape: readonly [channels: 1, height: 28, width: 28];
  /** The pixels, 0 (paper) to 1 (ink), row by row: a row for a model. */
  readonly data: Float32Array<ArrayBuffer>;
  /** The same to look at: {@linkcode drawImage}, {@linkcode writePng}. */
  readonly image: GrayImage;
  /** Whether it was darker than its ground. */
  readonly isDark: boolean;
}

/**
 * Pixels of the longer side that are looked at: a digit that fills a tenth of it
 * is larger than MNIST's yet, and noise is averaged away.
 */
const longestSide = 256;

/**
 * The digit in an image that is decoded, as `readDigit` finds it.
 *
 * @param name What to call the image in an error.
 * @throws {FormatError} If nothing is drawn in it.
 */
export function digitOf(pixels: Pixels, name: string): Digit {
  const ink = inkOf(fitted(brightnessOf(pixels)));
  const strokes = strokesOf(ink);
  if (strokes === null) {
    throw new FormatError(describe({
      what: name,
      expected: "one digit, drawn on an even ground",
      got: "nothing that stands out",
      help: "Draw with more contrast, or leave some ground around the digit.",
    }));
  }
  const image = placeDigit(ink, strokes);
  return {
    shape: [1, 28, 28],
    data: Float32Array.from(image.data, (value) => value / 255),
    image,
    isDark: ink.isDark,
  };
}

function fitted(image: Brightness): Brightness {
  const { height, width } = image;
  const scale = longestSide / Math.max(width, height);
  if (scale >= 1) return image;
  const side = (size: number) => Math.max(1, Math.round(size * scale));
  return resample(image, side(width), side(height));
}
