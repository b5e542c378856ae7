import { kernel, type NumberArray } from "../kernel.ts";
import { elementwise } from "../lib/elementwise.ts";
import { DRAWS_PER_ROW } from "./draws.ts";
import * as simd from "./simd.gen.ts";
import * as wgsl from "./warp.gen.ts";

/** A warp of images `[batch, channels, height, width]`. */
export interface WarpShape {
  /** Images in the batch. */
  readonly batch: number;
  /** Channels of an image: all are warped alike. */
  readonly channels: number;
  /** Rows of an image. */
  readonly height: number;
  /** Columns of an image. */
  readonly width: number;
  /** Subtracted from what was sampled. */
  readonly mean: number;
  /** Divides after that. */
  readonly std: number;
  /** The value of erased pixels; it is not normalised. */
  readonly erased: number;
}

/**
 * Warps images: every pixel is sampled bilinearly, 0 beyond the edges, at the
 * place that the image's `draws` give for pixel plus displacement, and
 * normalised; in the erased rectangle it is `erased`.
 *
 * `x` and `output` are `[batch, channels, height, width]`. `displacements`, in
 * pixels, is `[batch, 2, height, width]`, along x and along y, or null. `draws`
 * holds {@linkcode DRAWS_PER_ROW} f32 for each row of an epoch; those of image
 * `i` are at row `cursor[0] + i` (i32 `[1]`).
 */
export const warp = /* @__PURE__ */ kernel({
  name: "warp",
  operands: {
    x: "read",
    draws: "read",
    cursor: "read",
    displacements: "read?",
    output: "write",
  },
  reference(
    { cursor, displacements, draws, output, x },
    { channels, erased, height, mean, std, width }: WarpShape,
  ) {
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
  },
  webgpu({ cursor, displacements, draws, output, x: images }, shape) {
    const { channels, erased, height, mean, std, width } = shape;
    return [
      elementwise(
        wgsl.warp,
        output.buffer.length,
        {
          ...{ images, draws, cursor, output },
          displacements: displacements ?? draws,
        },
        {
          ...{ channels, height, width, mean, deviation: std, erased },
          displaced: Number(displacements !== null),
        },
      ),
    ];
  },
  wasm(operands, shape) {
    const { draws, output } = operands;
    const rows = draws.buffer.length / DRAWS_PER_ROW;
    const args = { ...operands, ...shape, rows };
    return [simd.warp(args, { work: output.buffer.length * 16 })];
  },
});

/** Bilinear; beyond the edges all is 0. */
function sample(
  plane: NumberArray,
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
