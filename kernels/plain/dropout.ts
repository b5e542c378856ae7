/**
 * Dropout, element by element, any shape. What is dropped depends on seed, draw
 * and index alone, so that every device drops the same.
 *
 * @module
 */

/** Draws a mask of 0 and `1 / (1 − probability)`, and applies it. */
export function dropoutForward(
  x: Float32Array,
  state: Int32Array,
  mask: Float32Array,
  output: Float32Array,
  probability: number,
): void {
  const [draws, seed] = state;
  const dropped = probability * 2 ** 32;
  const factor = 1 / (1 - probability);
  for (let i = 0; i < output.length; i++) {
    mask[i] = hash(i, draws, seed) < dropped ? 0 : factor;
    output[i] = x[i] * mask[i];
  }
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
