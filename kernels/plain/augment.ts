/**
 * Random changes of the images of a batch: smooth displacements, then a warp
 * with one bilinear sampling. Row-major on both sides. What is drawn for a row
 * is laid out as in `WarpShape`.
 *
 * @module
 */

import {
  type BlurShape,
  DRAWS_PER_ROW,
  type NoiseShape,
  type WarpShape,
} from "../shapes.ts";

/** Draws noise in [−1, 1), which depends on image, axis and pixel alone. */
export function drawNoise(
  draws: Float32Array,
  cursor: Int32Array,
  noise: Float32Array,
  { height, width }: NoiseShape,
): void {
  const area = height * width;
  for (let i = 0; i < noise.length; i++) {
    const plane = Math.floor(i / area);
    const row = cursor[0] + (plane >> 1);
    const bits = hash(i % area, plane & 1, draws[DRAWS_PER_ROW * row + 10]);
    noise[i] = (bits >>> 8) / 2 ** 23 - 1;
  }
}

/** Blurs along an axis; beyond the edges the neighbours are mirrored. */
export function blur(
  x: Float32Array,
  weights: Float32Array,
  output: Float32Array,
  { factor, inner, size }: BlurShape,
): void {
  const last = size - 1;
  const radius = weights.length >> 1;
  for (let i = 0; i < output.length; i++) {
    const place = Math.floor(i / inner) % size;
    let sum = 0;
    for (let tap = 0; tap < weights.length; tap++) {
      const neighbour = Math.abs(place + tap - radius);
      const mirrored = last - Math.abs(last - neighbour);
      sum += weights[tap] * x[i + (mirrored - place) * inner];
    }
    output[i] = factor * sum;
  }
}

/** Takes every pixel from where the draws and the displacements say. */
export function warp(
  x: Float32Array,
  draws: Float32Array,
  cursor: Int32Array,
  displacements: Float32Array | null,
  output: Float32Array,
  { channels, erased, height, mean, std, width }: WarpShape,
): void {
  const area = height * width;
  for (let i = 0; i < output.length; i++) {
    const plane = Math.floor(i / area);
    const image = Math.floor(plane / channels);
    const pixel = i % area;
    const draw = DRAWS_PER_ROW * (cursor[0] + image);
    const [a, b, c, d, e, f, top, left, bottom, right] = draws.subarray(draw);
    let column = pixel % width;
    let row = Math.floor(pixel / width);
    if (row >= top && row < bottom && column >= left && column < right) {
      output[i] = erased;
      continue;
    }
    if (displacements !== null) {
      column += displacements[2 * image * area + pixel];
      row += displacements[(2 * image + 1) * area + pixel];
    }
    const own = x.subarray(plane * area, (plane + 1) * area);
    const fromColumn = a * column + b * row + c;
    const fromRow = d * column + e * row + f;
    const value = sample(own, width, fromColumn, fromRow);
    output[i] = (value - mean) / std;
  }
}

/** Bilinear; beyond the edges all is 0. */
function sample(
  plane: Float32Array,
  width: number,
  column: number,
  row: number,
): number {
  const left = Math.floor(column);
  const top = Math.floor(row);
  const at = (y: number, x: number) =>
    x >= 0 && x < width ? plane[y * width + x] ?? 0 : 0;
  const along = (y: number) => mix(at(y, left), at(y, left + 1), column - left);
  return mix(along(top), along(top + 1), row - top);
}

function mix(a: number, b: number, part: number): number {
  return a + (b - a) * part;
}

/**
 * First component of pcg3d: Jarzynski and Olano, "Hash Functions for GPU
 * Rendering" (2020). Arithmetic modulo 2³².
 */
function hash(x: number, y: number, z: number): number {
  x = (Math.imul(x, 1664525) + 1013904223) | 0;
  y = (Math.imul(y, 1664525) + 1013904223) | 0;
  z = (Math.imul(z, 1664525) + 1013904223) | 0;
  x = (x + Math.imul(y, z)) | 0;
  y = (y + Math.imul(z, x)) | 0;
  z = (z + Math.imul(x, y)) | 0;
  x ^= x >>> 16;
  y ^= y >>> 16;
  z ^= z >>> 16;
  return (x + Math.imul(y, z)) >>> 0;
}
