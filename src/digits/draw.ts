import { checkOptions } from "../base/options.ts";
import type { GrayImage } from "./gray_image.ts";

/** How an image is drawn. */
export interface DrawOptions {
  /** Characters of a line; a wider image is made smaller. Default all of it. */
  columns?: number;
  /** Whether to draw greys, in 24-bit colours; else on or off. Default false. */
  color?: boolean;
}

/** From here on a pixel without grey is on: strokes fade when made smaller. */
const threshold = 80;

const blocks = [" ", "▄", "▀", "█"];

/**
 * An image as lines of text: a character is a pixel wide and, by half blocks,
 * two high.
 *
 * @example
 * ```ts
 * import { drawImage } from "@x/mnist-cnn/digits";
 * import { assertEquals } from "@std/assert";
 *
 * const data = new Uint8Array([255, 0, 255, 0, 0, 255, 255, 0]);
 * assertEquals(drawImage({ width: 4, height: 2, data }), "▀▄█ ");
 * ```
 */
export function drawImage(
  image: GrayImage,
  options: DrawOptions = {},
): string {
  checkOptions("drawImage", options, ["color", "columns"]);
  const { color = false, columns = image.width } = options;
  const { data, height, width } = fitted(image, columns);
  const draw = color ? greyLine : blockLine;
  const black = new Uint8Array(width);
  const lines: string[] = [];
  for (let row = 0; row < height; row += 2) {
    const upper = data.subarray(row * width, (row + 1) * width);
    const lower = row + 1 < height
      ? data.subarray((row + 1) * width, (row + 2) * width)
      : black;
    lines.push(draw(upper, lower));
  }
  return lines.join("\n");
}

function blockLine(upper: Uint8Array, lower: Uint8Array): string {
  const isOn = (pixel: number) => pixel >= threshold ? 1 : 0;
  return Array.from(
    upper,
    (pixel, column) => blocks[2 * isOn(pixel) + isOn(lower[column])],
  ).join("");
}

/** Foreground is the upper half, background the lower. */
function greyLine(upper: Uint8Array, lower: Uint8Array): string {
  let line = "";
  let last = "";
  for (const [column, above] of upper.entries()) {
    const below = lower[column];
    const colors = `\x1b[38;2;${above};${above};${above};` +
      `48;2;${below};${below};${below}m`;
    line += colors === last ? "▀" : `${colors}▀`;
    last = colors;
  }
  return `${line}\x1b[0m`;
}

/** The image, its pixels averaged until it is no wider than `columns`. */
function fitted(image: GrayImage, columns: number): GrayImage {
  if (image.width <= columns) return image;
  const scale = image.width / columns;
  const height = Math.max(1, Math.round(image.height / scale));
  const data = new Uint8Array(columns * height);
  for (let row = 0; row < height; row++) {
    const [top, bottom] = range(row, scale, image.height);
    for (let column = 0; column < columns; column++) {
      const [left, right] = range(column, scale, image.width);
      let sum = 0;
      for (let y = top; y < bottom; y++) {
        for (let x = left; x < right; x++) {
          sum += image.data[y * image.width + x];
        }
      }
      data[row * columns + column] = sum / ((bottom - top) * (right - left));
    }
  }
  return { width: columns, height, data };
}

/** The pixels, at least one, that make a pixel of the smaller image. */
function range(
  index: number,
  scale: number,
  size: number,
): [begin: number, end: number] {
  const begin = Math.min(Math.floor(index * scale), size - 1);
  const end = Math.min(Math.floor((index + 1) * scale), size);
  return [begin, Math.max(end, begin + 1)];
}
