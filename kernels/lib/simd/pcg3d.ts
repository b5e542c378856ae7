// @ts-nocheck: AssemblyScript, compiled by `deno task kernels`.

/**
 * The first component of pcg3d: Jarzynski and Olano, "Hash Functions for GPU
 * Rendering" (2020). Arithmetic modulo 2³².
 */
export function pcg3d(x: u32, y: u32, z: u32): u32 {
  x = x * 1664525 + 1013904223;
  y = y * 1664525 + 1013904223;
  z = z * 1664525 + 1013904223;
  x += y * z;
  y += z * x;
  z += x * y;
  x ^= x >>> 16;
  y ^= y >>> 16;
  z ^= z >>> 16;
  return x + y * z;
}
