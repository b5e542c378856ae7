import type { ImageRows, ImageShape } from "./format.ts";

/**
 * Channels, height and width of an image of one of these shapes, or null:
 * `[height, width]`, channels first, or channels last as Keras has them.
 */
export function imageShapeOf(shape: readonly number[]): ImageShape | null {
  if (shape.length < 2 || shape.length > 3 || shape.includes(0)) return null;
  if (shape.length === 2) return [1, shape[0], shape[1]];
  const [first, second, third] = shape;
  if (isChannels(third)) return [third, first, second];
  return isChannels(first) ? [first, second, third] : null;
}

/** Pixels with channels first, from an array that may have them last. */
export function channelsFirst(
  data: Uint8Array,
  [rows, ...shape]: readonly number[],
): Uint8Array {
  const channels = shape[2];
  if (shape.length < 3 || !isChannels(channels) || channels === 1) return data;
  const area = shape[0] * shape[1];
  const result = new Uint8Array(data.length);
  let from = 0;
  for (let row = 0; row < rows; row++) {
    const start = row * area * channels;
    for (let pixel = 0; pixel < area; pixel++) {
      for (let channel = 0; channel < channels; channel++) {
        result[start + channel * area + pixel] = data[from++];
      }
    }
  }
  return result;
}

/** The images with rows and columns exchanged. */
export function transposed(rows: ImageRows): ImageRows {
  const [channels, height, width] = rows.shape;
  const area = height * width;
  const images = new Uint8Array(rows.images.length);
  for (let start = 0; start < images.length; start += area) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        images[start + x * height + y] = rows.images[start + y * width + x];
      }
    }
  }
  return { ...rows, images, shape: [channels, width, height] };
}

/** Some of the rows, in the order of their indices. */
export function pickImages(
  rows: ImageRows,
  indices: ArrayLike<number>,
): ImageRows {
  const size = rows.shape.reduce((product, size) => product * size, 1);
  const images = new Uint8Array(indices.length * size);
  const labels = rows.labels?.slice(0, indices.length) ?? null;
  for (let row = 0; row < indices.length; row++) {
    const start = indices[row] * size;
    images.set(rows.images.subarray(start, start + size), row * size);
    if (labels !== null) labels[row] = rows.labels![indices[row]];
  }
  return { ...rows, images, labels };
}

function isChannels(size: number): boolean {
  return size === 1 || size === 3;
}
