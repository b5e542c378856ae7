import { describe, FormatError } from "../base/errors.ts";
import { type Box, type Group, groupDigits } from "./_group_digits.ts";
import { inkOf } from "./_ink.ts";
import { placeDigit } from "./_place_digit.ts";
import { type Brightness, brightnessOf, type Pixels } from "./_pixels.ts";
import { resample } from "./_resample.ts";
import { type Strokes, strokesOf } from "./_strokes.ts";
import type { GrayImage } from "./gray_image.ts";

export type { Box };

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
  /**
   * The length of its strokes, for one of its longer side: a scribble's are
   * longer than those of digits. Left out, it is not looked at.
   */
  readonly strokeLength?: number;
}

/** A digit that was found in a picture. */
export interface PlacedDigit extends Digit {
  /** Where it is, in pixels of the picture as it is seen. */
  readonly box: Box;
  /** The line that it stands in, from 0 at the top. */
  readonly line: number;
}

/**
 * Pixels of the longer side that are looked at: a digit that fills a tenth of it
 * is larger than MNIST's yet, and noise is averaged away. More of them only
 * where several digits are small.
 */
const [longestSide, mostPixels] = [256, 1024];

/** Rows of a digit that are enough. */
const enoughRows = 40;

/**
 * All digits in an image that is decoded, as `readDigits` finds them.
 *
 * @param name What to call the image in an error.
 * @throws {FormatError} If nothing is drawn in it.
 */
export function digitsOf(pixels: Pixels, name: string): PlacedDigit[] {
  const picture = brightnessOf(pixels);
  for (let side = longestSide;; side *= 2) {
    const image = fitted(picture, side);
    const { isDark, strokes } = drawingIn(image, name);
    const groups = groupDigits(strokes.mask, image.width, image.height);
    const rows = groups.reduce((sum, { height }) => sum + height, 0);
    const isFine = groups.length === 1 || side >= mostPixels ||
      image === picture || rows >= enoughRows * groups.length;
    if (!isFine) continue;
    return groups.map((group) =>
      placed(strokes, group, isDark, picture.width / image.width)
    );
  }
}

/**
 * All digits of a drawing whose ink is known, which no paper, light or ruling
 * hides: in a tenth of the time.
 *
 * @param ink 0 (paper) to 1 (ink).
 * @returns None where nothing is drawn.
 */
export function digitsOfInk(ink: Brightness): PlacedDigit[] {
  const mask = new Uint8Array(ink.data.length);
  for (let pixel = 0; pixel < mask.length; pixel++) {
    if (ink.data[pixel] >= 0.5) mask[pixel] = 1;
  }
  if (!mask.includes(1)) return [];
  const strokes = { mask, ink, noise: 0, full: 1 };
  return groupDigits(mask, ink.width, ink.height)
    .map((group) => placed(strokes, group, true, 1));
}

function placed(
  strokes: Strokes,
  { height, left, line, pixels, top, width }: Group,
  isDark: boolean,
  scale: number,
): PlacedDigit {
  const { image, strokeLength } = placeDigit(
    cutOut(strokes, { left, top, width, height }, pixels),
  );
  const full = (pixels: number) => Math.round(pixels * scale);
  return {
    shape: [1, 28, 28],
    data: Float32Array.from(image.data, (value) => value / 255),
    image,
    isDark,
    strokeLength,
    box: {
      ...{ left: full(left), top: full(top) },
      ...{ width: full(width), height: full(height) },
    },
    line,
  };
}

/** The strokes of some pixels, in their box alone. */
function cutOut(
  { full, ink, noise }: Strokes,
  { height, left, top, width }: Box,
  pixels: readonly number[],
): Strokes {
  const mask = new Uint8Array(width * height);
  for (const pixel of pixels) {
    const row = Math.floor(pixel / ink.width) - top;
    mask[row * width + pixel % ink.width - left] = 1;
  }
  const data = new Float32Array(width * height);
  for (let row = 0; row < height; row++) {
    const start = (top + row) * ink.width + left;
    data.set(ink.data.subarray(start, start + width), row * width);
  }
  return { full, ink: { width, height, data }, mask, noise };
}

/** The strokes of an image. */
function drawingIn(image: Brightness, name: string) {
  const ink = inkOf(image);
  const strokes = strokesOf(ink);
  if (strokes !== null) return { isDark: ink.isDark, strokes };
  throw new FormatError(describe({
    what: name,
    expected: "one digit, drawn on an even ground",
    got: "nothing that stands out: no digit",
    help: "Draw with more contrast, or leave some ground around the digit.",
  }));
}

function fitted(image: Brightness, side: number): Brightness {
  const { height, width } = image;
  const scale = side / Math.max(width, height);
  if (scale >= 1) return image;
  const size = (length: number) => Math.max(1, Math.round(length * scale));
  return resample(image, size(width), size(height));
}
