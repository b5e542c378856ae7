// @ts-nocheck: AssemblyScript, compiled by `deno task kernels`.

import { partStart } from "../../lib/simd/parts.ts";
import { pcg3d } from "../../lib/simd/pcg3d.ts";
import { drawOf } from "./draws.ts";

@unmanaged
export class NoiseArgs {
  draws: usize;
  cursor: usize;
  noise: usize;
  batch: i32;
  /** Pixels of an image. */
  area: u32;
  /** Rows of draws. */
  rows: u32;
}

/**
 * Noise in [−1, 1), which depends on image, axis and pixel alone. A part
 * computes an unbroken range of the images.
 */
export function drawNoise(args: NoiseArgs, part: i32, parts: i32): void {
  const batch = args.batch;
  const area = args.area;
  const end = partStart(batch, part + 1, parts);
  for (let image = partStart(batch, part, parts); image < end; image++) {
    const draw = drawOf(args.draws, args.cursor, image, args.rows);
    const seed = <u32> load<f32>(draw, 40);
    let to: usize = args.noise + (<usize> image * area << 3);
    for (let axis: u32 = 0; axis < 2; axis++) {
      for (let pixel: u32 = 0; pixel < area; pixel++, to += 4) {
        const bits = pcg3d(pixel, axis, seed) >> 8;
        store<f32>(to, <f32> bits * 1.1920928955078125e-7 - 1);
      }
    }
  }
}
