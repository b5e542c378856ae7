import {
  type BlurShape,
  DRAWS_PER_ROW,
  type NoiseShape,
  type WarpShape,
} from "../../kernels/shapes.ts";
import { pcg3d } from "../../kernels/lib/pcg3d.ts";

/** Noise of the images from `first` on: `[batch, 2, height, width]`. */
export function drawNoise(
  draws: Float64Array,
  first: number,
  { batch, height, width }: NoiseShape,
): Float64Array {
  const noise: number[] = [];
  for (let image = first; image < first + batch; image++) {
    const seed = draws[image * DRAWS_PER_ROW + 10];
    for (const axis of [0, 1]) {
      for (let pixel = 0; pixel < height * width; pixel++) {
        const bits = pcg3d(pixel, axis, seed)[0];
        noise.push(Math.floor(bits / 256) / 2 ** 23 - 1);
      }
    }
  }
  return Float64Array.from(noise);
}

/** Blurs the middle axis of `[outer, size, inner]`, mirrored at the edges. */
export function blur(
  x: Float64Array,
  weights: Float64Array,
  { factor, inner, outer, size }: BlurShape,
): Float64Array {
  const radius = (weights.length - 1) / 2;
  const output = new Float64Array(outer * size * inner);
  for (let plane = 0; plane < outer; plane++) {
    for (let place = 0; place < size; place++) {
      for (let column = 0; column < inner; column++) {
        let sum = 0;
        for (let tap = 0; tap < weights.length; tap++) {
          let from = place + tap - radius;
          if (from < 0) from = -from;
          if (from >= size) from = 2 * (size - 1) - from;
          sum += weights[tap] * x[(plane * size + from) * inner + column];
        }
        output[(plane * size + place) * inner + column] = factor * sum;
      }
    }
  }
  return output;
}

/**
 * Warps images: an output pixel is the sum of all input pixels, each times
 * `max(0, 1 − |Δx|) · max(0, 1 − |Δy|)` of its distance to the place.
 */
export function warp(
  x: Float64Array,
  draws: Float64Array,
  first: number,
  displacements: Float64Array | null,
  shape: WarpShape,
): Float64Array {
  const { batch, channels, erased, height, mean, std, width } = shape;
  const area = height * width;
  const output = new Float64Array(batch * channels * area);
  for (let i = 0; i < output.length; i++) {
    const image = Math.floor(i / (channels * area));
    const start = i - i % area;
    const column = i % width;
    const row = Math.floor(i % area / width);
    const d = draws.subarray((first + image) * DRAWS_PER_ROW);
    if (row >= d[6] && row < d[8] && column >= d[7] && column < d[9]) {
      output[i] = erased;
      continue;
    }
    const offset = image * 2 * area + row * width + column;
    const u = column + (displacements?.[offset] ?? 0);
    const v = row + (displacements?.[offset + area] ?? 0);
    const fromX = d[0] * u + d[1] * v + d[2];
    const fromY = d[3] * u + d[4] * v + d[5];
    let value = 0;
    for (let pixel = 0; pixel < area; pixel++) {
      const distanceX = Math.abs(fromX - pixel % width);
      const distanceY = Math.abs(fromY - Math.floor(pixel / width));
      const weight = Math.max(0, 1 - distanceX) * Math.max(0, 1 - distanceY);
      if (weight > 0) value += weight * x[start + pixel];
    }
    output[i] = (value - mean) / std;
  }
  return output;
}
