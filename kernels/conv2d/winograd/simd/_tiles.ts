// @ts-nocheck: AssemblyScript, compiled by `deno task kernels`.

// The transforms of all tiles of an image, see `winograd.ts` for what lies where.
// A tile is transformed along its columns, then along its rows.

import {
  transformInput,
  transformInputBack,
  transformOutput,
  transformOutputBack,
} from "./_transforms.ts";

/** `Bᵀ d B` of all tiles. */
export function inputTiles(
  padded: usize,
  v: usize,
  vStep: usize,
  channels: i32,
  down: i32,
  across: i32,
  temporary: usize,
): void {
  const row: usize = (across + 1) << 6;
  const plane = row * <usize> ((down + 1) << 2);
  const tileBytes: usize = channels << 2;
  for (let group: usize = 0; group < <usize> (channels >> 2); group++) {
    let to = v + (group << 4);
    for (let i: usize = 0; i < <usize> down; i++) {
      let from = padded + group * plane + (i << 2) * row;
      for (let j = 0; j < across; j++) {
        transformInput(from, row, 16, temporary, 128, 16);
        transformInput(temporary, 16, 128, to, vStep, 8 * vStep);
        from += 64;
        to += tileBytes;
      }
    }
  }
}

/** `B v Bᵀ` of all tiles, added up where they overlap. */
export function inputGradientTiles(
  v: usize,
  vStep: usize,
  padded: usize,
  channels: i32,
  down: i32,
  across: i32,
  temporary: usize,
): void {
  const row: usize = (across + 1) << 6;
  const plane = row * <usize> ((down + 1) << 2);
  const tileBytes: usize = channels << 2;
  const tile = temporary + 1024;
  for (let group: usize = 0; group < <usize> (channels >> 2); group++) {
    let from = v + (group << 4);
    for (let i: usize = 0; i < <usize> down; i++) {
      let to = padded + group * plane + (i << 2) * row;
      for (let j = 0; j < across; j++) {
        transformInputBack(from, 8 * vStep, vStep, temporary, 128, 16);
        transformInputBack(temporary, 16, 128, tile, 16, 128);
        for (let k: usize = 0; k < 8; k++) {
          const source = tile + (k << 7), line = to + k * row;
          for (let at: usize = 0; at < 128; at += 16) {
            const sum = f32x4.add(v128.load(line + at), v128.load(source + at));
            v128.store(line + at, sum);
          }
        }
        to += 64;
        from += tileBytes;
      }
    }
  }
}

/** `Aᵀ m A` of all tiles. */
export function outputTiles(
  m: usize,
  mStep: usize,
  y: usize,
  channels: i32,
  down: i32,
  across: i32,
  temporary: usize,
): void {
  const row: usize = across << 6;
  const plane = row * <usize> (down << 2);
  const tileBytes: usize = channels << 2;
  for (let group: usize = 0; group < <usize> (channels >> 2); group++) {
    let from = m + (group << 4);
    for (let i: usize = 0; i < <usize> down; i++) {
      let to = y + group * plane + (i << 2) * row;
      for (let j = 0; j < across; j++) {
        transformOutput(from, 8 * mStep, mStep, temporary, 128, 16, 8);
        transformOutput(temporary, 16, 128, to, 16, row, 4);
        to += 64;
        from += tileBytes;
      }
    }
  }
}

/** `A ∂y Aᵀ` of all tiles. */
export function gradientTiles(
  y: usize,
  m: usize,
  mStep: usize,
  channels: i32,
  down: i32,
  across: i32,
  temporary: usize,
): void {
  const row: usize = across << 6;
  const plane = row * <usize> (down << 2);
  const tileBytes: usize = channels << 2;
  for (let group: usize = 0; group < <usize> (channels >> 2); group++) {
    let to = m + (group << 4);
    for (let i: usize = 0; i < <usize> down; i++) {
      let from = y + group * plane + (i << 2) * row;
      for (let j = 0; j < across; j++) {
        transformOutputBack(from, row, 16, temporary, 64, 16, 4);
        transformOutputBack(temporary, 16, 64, to, mStep, 8 * mStep, 8);
        from += 64;
        to += tileBytes;
      }
    }
  }
}
