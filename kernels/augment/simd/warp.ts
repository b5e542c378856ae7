// @ts-nocheck: AssemblyScript, compiled by `deno task kernels`.

import { partStart } from "../../lib/simd/parts.ts";
import { drawOf } from "./draws.ts";

@unmanaged
export class WarpArgs {
  x: usize;
  draws: usize;
  cursor: usize;
  /** 0 where there are none. */
  displacements: usize;
  output: usize;
  batch: i32;
  channels: u32;
  height: i32;
  width: i32;
  mean: f32;
  std: f32;
  erased: f32;
  /** Rows of draws. */
  rows: u32;
}

/**
 * Takes every pixel from where the draws and the displacements say. A part
 * computes an unbroken range of the images.
 */
export function warp(args: WarpArgs, part: i32, parts: i32): void {
  const displacements = args.displacements;
  const batch = args.batch;
  const channels: usize = args.channels;
  const area: usize = args.height * args.width << 2;
  const end = partStart(batch, part + 1, parts);
  for (let image = partStart(batch, part, parts); image < end; image++) {
    const draw = drawOf(args.draws, args.cursor, image, args.rows);
    const offsets = displacements == 0 ? 0 : displacements + 2 * image * area;
    for (let channel: usize = 0; channel < channels; channel++) {
      const plane = (image * channels + channel) * area;
      warpPlane(args, draw, offsets, args.x + plane, args.output + plane);
    }
  }
}

/** Warps one channel of one image. */
function warpPlane(
  args: WarpArgs,
  draw: usize,
  offsets: usize,
  from: usize,
  to: usize,
): void {
  const height = args.height;
  const width = args.width;
  const mean = args.mean;
  const std = args.std;
  const erased = args.erased;
  const toY: usize = height * width << 2;
  const top = load<f32>(draw, 24);
  const left = load<f32>(draw, 28);
  const bottom = load<f32>(draw, 32);
  const right = load<f32>(draw, 36);
  let at: usize = 0;
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++, at += 4) {
      let x = <f32> column;
      let y = <f32> row;
      if (y >= top && y < bottom && x >= left && x < right) {
        store<f32>(to + at, erased);
        continue;
      }
      if (offsets != 0) {
        x += load<f32>(offsets + at);
        y += load<f32>(offsets + at + toY);
      }
      const fromX = load<f32>(draw) * x + load<f32>(draw, 4) * y +
        load<f32>(draw, 8);
      const fromY = load<f32>(draw, 12) * x + load<f32>(draw, 16) * y +
        load<f32>(draw, 20);
      const value = sample(from, width, height, fromX, fromY);
      store<f32>(to + at, (value - mean) / std);
    }
  }
}

/** Bilinear; beyond the edges all is 0. */
function sample(from: usize, width: i32, height: i32, x: f32, y: f32): f32 {
  // False for NaN too.
  if (!(x > -1 && y > -1 && x < <f32> width && y < <f32> height)) return 0;
  const left = <i32> floor(x);
  const top = <i32> floor(y);
  const partX = x - <f32> left;
  const partY = y - <f32> top;
  if (left >= 0 && top >= 0 && left + 1 < width && top + 1 < height) {
    const first = from + (<usize> (top * width + left) << 2);
    const second = first + (<usize> width << 2);
    return mix(
      mix(load<f32>(first), load<f32>(first, 4), partX),
      mix(load<f32>(second), load<f32>(second, 4), partX),
      partY,
    );
  }
  return mix(
    mix(
      pixelAt(from, width, height, left, top),
      pixelAt(from, width, height, left + 1, top),
      partX,
    ),
    mix(
      pixelAt(from, width, height, left, top + 1),
      pixelAt(from, width, height, left + 1, top + 1),
      partX,
    ),
    partY,
  );
}

function mix(a: f32, b: f32, part: f32): f32 {
  return a + (b - a) * part;
}

function pixelAt(from: usize, width: i32, height: i32, x: i32, y: i32): f32 {
  if (x < 0 || y < 0 || x >= width || y >= height) return 0;
  return load<f32>(from + (<usize> (y * width + x) << 2));
}
