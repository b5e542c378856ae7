/** `x · mask`; the gradient by `x` is `gradOutput · mask`. */
export function dropout(x: Float64Array, mask: Float64Array): Float64Array {
  return x.map((value, i) => value * mask[i]);
}

/**
 * The factor of each element: 0 where it is dropped, `1 / (1 − probability)`
 * where it is kept. The hash of its index, `draws` and `seed` decides.
 */
export function dropoutMask(
  length: number,
  draws: number,
  seed: number,
  probability: number,
): Float64Array {
  return new Float64Array(length).map((_, index) =>
    pcg3d(index, draws, seed)[0] / 2 ** 32 < probability
      ? 0
      : 1 / (1 - probability)
  );
}

/**
 * Three u32 hashed to three u32: Jarzynski and Olano, "Hash Functions for GPU
 * Rendering" (2020), listing of pcg3d.
 */
export function pcg3d(
  x: number,
  y: number,
  z: number,
): [number, number, number] {
  [x, y, z] = [x, y, z].map((value) => Math.imul(value, 1664525) + 1013904223);
  x += Math.imul(y, z);
  y += Math.imul(z, x);
  z += Math.imul(x, y);
  [x, y, z] = [x, y, z].map((value) => value ^ ((value >>> 0) >>> 16));
  x += Math.imul(y, z);
  y += Math.imul(z, x);
  z += Math.imul(x, y);
  return [x >>> 0, y >>> 0, z >>> 0];
}
