import { describe, FormatError } from "../base/errors.ts";
import { readFile } from "../formats/files.ts";
import { decodeImage } from "./_decode_image.ts";
import { digitsOf, type PlacedDigit } from "./digit_of.ts";

/**
 * Reads a picture of one digit, a photo or a drawing, as MNIST was made of its
 * forms: https://yann.lecun.com/exdb/mnist/
 *
 * 1. Ink is told from paper, dark on light or light on dark, and uneven light
 *    taken away. What is transparent is paper.
 * 2. Rulings, boxes and lines under the digit are removed, and specks.
 * 3. The digit is cut out, scaled into 20 × 20 pixels with
 *    its proportions, without losing thin lines, and put into 28 × 28 with its
 *    center of mass in the middle.
 *
 * @param source A file of PNG, JPEG, BMP, PGM, GIF, WebP or AVIF, or its bytes.
 * @param name What to call the bytes in an error.
 * @param megapixels Millions of pixels that it may have; decoding takes some 20
 * bytes for each. Default 64.
 * @throws {DataError} If the file cannot be read.
 * @throws {FormatError} If it is no image of these formats, is damaged, has more
 * pixels than it may, or nothing is drawn in it, or several digits are.
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
  megapixels?: number,
): Promise<PlacedDigit> {
  const bytes = typeof source === "string" ? await readFile(source) : source;
  const digits = digitsOf(await decodeImage(bytes, name, megapixels), name);
  if (digits.length === 1) return digits[0];
  throw new FormatError(describe({
    what: name,
    expected: "one digit",
    got: `${digits.length}`,
    help: "Read them all by readDigits.",
  }));
}

/**
 * Reads all digits of a picture, as {@linkcode readDigit} reads one: from left
 * to right, line by line. Digits that touch each other are taken for one.
 *
 * @param source A file of PNG, JPEG, BMP, PGM, GIF, WebP or AVIF, or its bytes.
 * @param name What to call the bytes in an error.
 * @param megapixels Millions of pixels that it may have; decoding takes some 20
 * bytes for each. Default 64.
 * @returns At least one.
 * @throws {DataError} If the file cannot be read.
 * @throws {FormatError} If it is no image of these formats, is damaged, has more
 * pixels than it may, or nothing is drawn in it.
 * @throws {LibraryError} If what decodes the format cannot be loaded.
 *
 * @example
 * ```ts
 * import { encodePng, readDigits } from "@x/mnist-cnn/digits";
 * import { assertEquals } from "@std/assert";
 *
 * // Two strokes on white paper.
 * const data = new Uint8Array(100 * 90).fill(255);
 * for (let row = 20; row < 80; row++) {
 *   data.fill(0, row * 90 + 20, row * 90 + 28);
 *   data.fill(0, row * 90 + 60, row * 90 + 68);
 * }
 * const ones = await readDigits(await encodePng({ width: 90, height: 100, data }));
 * assertEquals(ones.map(({ box }) => box.left), [20, 60]);
 * ```
 */
export async function readDigits(
  source: string | Uint8Array,
  name: string = typeof source === "string" ? source : "image",
  megapixels?: number,
): Promise<PlacedDigit[]> {
  const bytes = typeof source === "string" ? await readFile(source) : source;
  return digitsOf(await decodeImage(bytes, name, megapixels), name);
}
