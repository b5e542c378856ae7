import type { Brightness } from "./_pixels.ts";
import { transposed } from "./_transposed.ts";

/**
 * An image in another size: a triangle filter, as wide as an output pixel where
 * the image gets smaller, so that no line of the original is lost.
 *
 * @param image What to resize.
 * @param width Columns of the result.
 * @param height Rows of the result.
 */
export function resample(
  image: Brightness,
  width: number,
  height: number,
): Brightness {
  return transposed(alongRows(transposed(alongRows(image, width)), height));
}

/** Every row in another length. */
function alongRows(image: Brightness, width: number): Brightness {
  const scale = image.width / width;
  const reach = Math.max(1, scale);
  const data = new Float32Array(width * image.height);
  for (let column = 0; column < width; column++) {
    const center = (column + 0.5) * scale - 0.5;
    const first = Math.max(0, Math.ceil(center - reach));
    const last = Math.min(image.width - 1, Math.floor(center + reach));
    const weights: number[] = [];
    for (let at = first; at <= last; at++) {
      weights.push(1 - Math.abs(at - center) / reach);
    }
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    for (let row = 0; row < image.height; row++) {
      let sum = 0;
      for (let at = first; at <= last; at++) {
        sum += weights[at - first] * image.data[row * image.width + at];
      }
      data[row * width + column] = sum / total;
    }
  }
  return { width, height: image.height, data };
}
