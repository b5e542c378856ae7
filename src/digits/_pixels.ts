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

/** How much of red, green and blue is brightness: ITU-R BT.601, as in JPEG. */
const luma = [0.299, 0.587, 0.114] as const;

/**
 * Brightness that varies by less than this much of what the colours vary by
 * shows no drawing: red on a green as bright, yellow on white.
 */
const leastLuma = 0.2;

/** Colours that vary by less are one colour, and rounding. */
const leastVariance = 1e-5;

/**
 * The brightness of the pixels; of colours that differ, but not in brightness,
 * their place along the line on which they differ most.
 * Transparent pixels get the brightness that the opaque pixels are farther
 * from: a drawing stays visible, whatever its colour.
 */
export function brightnessOf(pixels: Pixels): Brightness {
  const { channels, data, height, white, width } = pixels;
  const size = width * height;
  const brightness = new Float32Array(size);
  const alpha = new Float32Array(size).fill(1);
  const [red, green, blue] = channels < 3 ? luma : axisOf(pixels);
  const least = Math.min(0, red) + Math.min(0, green) + Math.min(0, blue);
  let sum = 0;
  let weight = 0;
  for (let pixel = 0; pixel < size; pixel++) {
    const start = pixel * channels;
    const value = channels < 3
      ? data[start]
      : red * data[start] + green * data[start + 1] + blue * data[start + 2] -
        least * white;
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

/** The weights of red, green and blue; of what is transparent none. */
function axisOf(pixels: Pixels): readonly [number, number, number] {
  const covariance = covarianceOf(pixels);
  const along = (axis: readonly number[]) =>
    covariance.map((row) =>
      row.reduce((sum, value, at) => sum + value * axis[at], 0)
    );
  const variance = (axis: readonly number[]) =>
    along(axis).reduce((sum, value, at) => sum + value * axis[at], 0);
  // The largest eigenvector, by powers of the matrix.
  let axis: number[] = [0.6, 0.5, 0.4];
  for (let round = 0; round < 50; round++) {
    const next = along(axis);
    const length = Math.hypot(...next);
    if (length === 0) return luma;
    axis = next.map((value) => value / length);
  }
  const most = variance(axis);
  if (most < leastVariance || variance(luma) >= leastLuma ** 2 * most) {
    return luma;
  }
  // From 0 to 1 over all colours.
  const span = axis.reduce((sum, value) => sum + Math.abs(value), 0);
  const sign = along(luma).reduce(
    (sum, value, at) => sum + value * axis[at],
    0,
  );
  const [red, green, blue] = axis.map((value) =>
    (sign < 0 ? -value : value) / span
  );
  return [red, green, blue];
}

/** How red, green and blue of opaque pixels vary together. */
function covarianceOf({ channels, data, white }: Pixels): number[][] {
  const sums = new Float64Array(3);
  const products = new Float64Array(9);
  let weight = 0;
  for (let start = 0; start < data.length; start += channels) {
    const opaque = channels === 4 ? data[start + 3] / white : 1;
    weight += opaque;
    for (let row = 0; row < 3; row++) {
      const value = opaque * data[start + row] / white;
      sums[row] += value;
      for (let column = 0; column < 3; column++) {
        products[row * 3 + column] += value * data[start + column] / white;
      }
    }
  }
  const total = weight || 1;
  return [0, 1, 2].map((row) =>
    [0, 1, 2].map((column) =>
      products[row * 3 + column] / total -
      sums[row] * sums[column] / total ** 2
    )
  );
}
