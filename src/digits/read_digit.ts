import { describe, FormatError } from "../base/errors.ts";
import { readFile } from "../formats/files.ts";
import { decodeImage } from "./_decode_image.ts";
import { inkOf } from "./_ink.ts";
import { placeDigit } from "./_place_digit.ts";
import { type Brightness, brightnessOf } from "./_pixels.ts";
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
 * Reads a picture of one digit, a photo or a drawing, as MNIST was made of its
 * forms: https://yann.lecun.com/exdb/mnist/
 *
 * 1. Ink is told from paper, dark on light or light on dark, and uneven light
 *    taken away. What is transparent is paper.
 * 2. Specks are cleared, the digit is cut out, scaled into 20 × 20 pixels with
 *    its proportions, without losing thin lines, and put into 28 × 28 with its
 *    center of mass in the middle.
 *
 * @param source A file of PNG, JPEG, BMP, PGM, GIF, WebP or AVIF, or its bytes.
 * @param name What to call the bytes in an error.
 * @throws {DataError} If the file cannot be read.
 * @throws {FormatError} If it is no image of these formats, is damaged, has more
 * than 64 million pixels, or nothing is drawn in it.
 * @throws {LibraryError} If what decodes the format cannot be loaded.
 *
 * @example
 * ```ts
 * import { encodePng, readDigit } from "@x/mnist-cnn/digits";
 * import { assertEquals } from "@std/assert";
 *
 * // A stroke on white paper.
 * const data = new Uint8Array(100 * 60).fill(255);
 * for (let row = 20; row < 80; row++) data.fill(0, row * 60 + 25, row * 60 + 33);
 * const one = await readDigit(await encodePng({ width: 60, height: 100, data }));
 * assertEquals(one.shape, [1, 28, 28]);
 * assertEquals(one.isDark, true);
 * assertEquals([one.data[0], one.data[14 * 28 + 14]], [0, 1]);
 * ```
 */
export async function readDigit(
  source: string | Uint8Array,
  name: string = typeof source === "string" ? source : "image",
): Promise<Digit> {
  const bytes = typeof source === "string" ? await readFile(source) : source;
  const pixels = await decodeImage(bytes, name);
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
