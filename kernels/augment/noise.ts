import { kernel } from "../kernel.ts";
import { elementwise } from "../lib/elementwise.ts";
import { pcg3d } from "../lib/pcg3d.ts";
import { DRAWS_PER_ROW } from "./draws.ts";
import * as wgsl from "./noise.gen.ts";
import * as simd from "./simd.gen.ts";

/** Noise for the images of a batch: `[batch, 2, height, width]`. */
export interface NoiseShape {
  /** Images. */
  readonly batch: number;
  /** Rows of an image. */
  readonly height: number;
  /** Columns of an image. */
  readonly width: number;
}

/**
 * Noise in [−1, 1): `[batch, 2, height, width]`. `draws` holds
 * {@linkcode DRAWS_PER_ROW} f32 for each row of an epoch; those of image `i` are
 * at row `cursor[0] + i` (i32 `[1]`), the seed the last of them. The noise of
 * axis 0 or 1 at a pixel is the upper 24 bits of `pcg3d(pixel, axis, seed).x`.
 */
export const drawNoise = /* @__PURE__ */ kernel({
  name: "drawNoise",
  operands: { draws: "read", cursor: "read", noise: "write" },
  reference({ cursor, draws, noise }, { height, width }: NoiseShape) {
    const area = height * width;
    for (let i = 0; i < noise.length; i++) {
      const plane = Math.floor(i / area);
      const row = cursor[0] + (plane >> 1);
      const seed = draws[DRAWS_PER_ROW * row + 10];
      const [hash] = pcg3d(i % area, plane & 1, seed);
      noise[i] = (hash >>> 8) / 2 ** 23 - 1;
    }
  },
  webgpu: ({ cursor, draws, noise }, { height, width }) => [
    elementwise(
      wgsl.drawNoise,
      noise.buffer.length,
      { draws, cursor, noise },
      { height, width },
    ),
  ],
  wasm(operands, { batch, height, width }) {
    const { draws, noise } = operands;
    const rows = draws.buffer.length / DRAWS_PER_ROW;
    return [
      simd.drawNoise(
        { ...operands, batch, area: height * width, rows },
        { work: noise.buffer.length * 8 },
      ),
    ];
  },
});
