/** An image as a file has it. */
export interface Pixels {
  /** Columns. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
  /** Values of a pixel: grey, grey and alpha, RGB, or RGB and alpha. */
  readonly channels: number;
  /** The pixels row by row, their values beside each other. */
  readonly data: Uint8Array | Uint8ClampedArray | Uint16Array;
  /** The value that is white, or opaque. */
  readonly white: number;
}

/** The brightness of an image's pixels, row by row: 0 is black, 1 is white. */
export interface Brightness {
  /** Columns. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
  /** The pixels. */
  readonly data: Float32Array;
}

/**
 * The brightness of the pixels, with the weights of ITU-R BT.601, as in JPEG.
 * Transparent pixels get the brightness that the opaque pixels are farther
 * from: a drawing stays visible, whatever its colour.
 */
export function brightnessOf(pixels: Pixels): Brightness {
  const { channels, data, height, white, width } = pixels;
  const size = width * height;
  const brightness = new Float32Array(size);
  const alpha = new Float32Array(size).fill(1);
  let sum = 0;
  let weight = 0;
  for (let pixel = 0; pixel < size; pixel++) {
    const start = pixel * channels;
    const value = channels < 3
      ? data[start]
      : 0.299 * data[start] + 0.587 * data[start + 1] + 0.114 * data[start + 2];
    brightness[pixel] = value / white;
    if (channels % 2 === 0) alpha[pixel] = data[start + channels - 1] / white;
    sum += brightness[pixel] * alpha[pixel];
    weight += alpha[pixel];
  }
  const paper = sum > weight / 2 ? 0 : 1;
  for (let pixel = 0; pixel < size; pixel++) {
    brightness[pixel] = paper + (brightness[pixel] - paper) * alpha[pixel];
  }
  return { width, height, data: brightness };
}
