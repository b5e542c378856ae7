import { brightest } from "./_extremes.ts";
import type { Brightness } from "./_pixels.ts";
import { resample } from "./_resample.ts";
import type { Strokes } from "./_strokes.ts";
import type { GrayImage } from "./gray_image.ts";

/** Pixels of MNIST's images, and of the square that a digit fills. */
const [side, inner] = [28, 20];

/**
 * Strokes of MNIST are some 2 to 4 pixels wide. A finer pen's are made this
 * wide, or they would be grey threads.
 */
const leastWidth = 2;

/** A digit that is placed. */
interface Placed {
  readonly image: GrayImage;
  /** The length of its strokes, for one of its longer side. */
  readonly strokeLength: number;
}

/** The digit in 28 × 28 pixels: cut out, scaled, and centred by its mass. */
export function placeDigit(strokes: Strokes): Placed {
  const cut = cutOut(strokes);
  const scale = inner / Math.max(cut.width, cut.height);
  const { area, outline } = measured(cut);
  const strokeLength = outline / 2 * scale / inner;
  const missing = leastWidth / scale - 2 * area / outline;
  const drawn = missing > 1 ? thickened(cut, Math.round(missing / 2)) : cut;
  const longer = Math.max(drawn.width, drawn.height);
  const size = (length: number) =>
    Math.max(1, Math.round(length * inner / longer));
  const fitted = resample(drawn, size(drawn.width), size(drawn.height));
  return { image: centred(fitted), strokeLength };
}

/** The strokes and their soft edges, from 0 to 1, as close as they lie. */
function cutOut({ full, ink, mask, noise }: Strokes): Brightness {
  const { height, width } = ink;
  const near = brightest({ ...ink, data: Float32Array.from(mask) }, 1).data;
  let [left, top, right, bottom] = [width, height, 0, 0];
  for (const [pixel, isStroke] of mask.entries()) {
    if (isStroke === 0) continue;
    const [x, y] = [pixel % width, Math.floor(pixel / width)];
    [left, right] = [Math.min(left, x), Math.max(right, x)];
    [top, bottom] = [Math.min(top, y), Math.max(bottom, y)];
  }
  const size = { width: right - left + 1, height: bottom - top + 1 };
  const data = new Float32Array(size.width * size.height);
  for (let row = 0; row < size.height; row++) {
    for (let column = 0; column < size.width; column++) {
      const pixel = (top + row) * width + left + column;
      const value = (ink.data[pixel] - noise) / (full - noise);
      data[row * size.width + column] = near[pixel] *
        Math.min(1, Math.max(0, value));
    }
  }
  return { ...size, data };
}

/**
 * The area of strokes, and the length of their outline: what the neighbours
 * differ by. Half of it is about as long as the strokes, whose mean width is
 * their area for that length.
 */
function measured({ data, height, width }: Brightness) {
  let [area, outline] = [0, 0];
  const at = (x: number, y: number) =>
    x < 0 || y < 0 || x >= width || y >= height ? 0 : data[y * width + x];
  for (let y = -1; y < height; y++) {
    for (let x = -1; x < width; x++) {
      const value = at(x, y);
      area += value;
      outline += Math.hypot(at(x + 1, y) - value, at(x, y + 1) - value);
    }
  }
  return { area, outline };
}

/** The strokes wider by `reach` to every side, and the image with them. */
function thickened(image: Brightness, reach: number): Brightness {
  const width = image.width + 2 * reach;
  const height = image.height + 2 * reach;
  const data = new Float32Array(width * height);
  for (let row = 0; row < image.height; row++) {
    const start = row * image.width;
    data.set(
      image.data.subarray(start, start + image.width),
      (row + reach) * width + reach,
    );
  }
  return brightest({ width, height, data }, reach);
}

/** The center of mass lies in the middle, as near as whole pixels allow. */
function centred({ data, width }: Brightness): GrayImage {
  let [mass, massX, massY] = [0, 0, 0];
  for (const [pixel, value] of data.entries()) {
    mass += value;
    massX += value * (pixel % width);
    massY += value * Math.floor(pixel / width);
  }
  const left = Math.round(side / 2 - massX / mass);
  const top = Math.round(side / 2 - massY / mass);
  const image = new Uint8Array(side * side);
  for (const [pixel, value] of data.entries()) {
    const x = left + pixel % width;
    const y = top + Math.floor(pixel / width);
    if (x < 0 || y < 0 || x >= side || y >= side) continue;
    image[y * side + x] = Math.round(255 * Math.min(1, value));
  }
  return { width: side, height: side, data: image };
}
