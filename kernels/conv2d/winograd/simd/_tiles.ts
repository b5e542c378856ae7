// @ts-nocheck: AssemblyScript, compiled by `deno task kernels`.

// The transforms of all tiles of an image, see `winograd.ts` for what lies where.
// A tile is transformed along its columns, then along its rows. It has `side` · side
// elements: 8 for kernels of 5×5, 6 for kernels of 3×3; an output tile has 4 · 4.

import {
  transformInput,
  transformInputBack,
  transformOutput,
  transformOutputBack,
} from "./_transforms.ts";
import {
  transformInput3x3,
  transformInputBack3x3,
  transformOutput3x3,
  transformOutputBack3x3,
} from "./_transforms_3x3.ts";

/** How a transform stores: in the place of what was there, or added to it. */
export class Stores {
  store(at: usize, value: v128): void {
    v128.store(at, value);
  }
}

/** See {@link Stores}. */
export class Adds {
  store(at: usize, value: v128): void {
    v128.store(at, f32x4.add(v128.load(at), value));
  }
}

/**
 * `Bᵀ d B` of all tiles. The columns of a row of tiles are transformed first, into
 * `strip`, those that two tiles share once.
 */
export function inputTiles(
  padded: usize,
  v: usize,
  vStep: usize,
  channels: i32,
  down: i32,
  across: i32,
  side: i32,
  strip: usize,
): void {
  const columns = across * 4 + side - 4;
  const row: usize = columns << 4;
  const plane = row * <usize> (down * 4 + side - 4);
  const tileBytes: usize = channels << 2;
  const toRow = vStep * <usize> side;
  for (let i: usize = 0; i < <usize> down; i++) {
    let from = padded + (i << 2) * row;
    for (let group: usize = 0; group < tileBytes; group += 16) {
      let to = v + group;
      if (side == 8) {
        transformInput(from, row, 16, strip, row, 16, columns);
        for (let j: usize = 0; j < <usize> across; j++) {
          transformInput(strip + (j << 6), 16, row, to, vStep, toRow, 8);
          to += tileBytes;
        }
      } else {
        transformInput3x3(from, row, 16, strip, row, 16, columns);
        for (let j: usize = 0; j < <usize> across; j++) {
          transformInput3x3(strip + (j << 6), 16, row, to, vStep, toRow, 6);
          to += tileBytes;
        }
      }
      from += plane;
    }
    v += tileBytes * <usize> across;
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
  side: i32,
  temporary: usize,
): void {
  const row: usize = (across * 4 + side - 4) << 4;
  const plane = row * <usize> (down * 4 + side - 4);
  const tileBytes: usize = channels << 2;
  let from = v;
  for (let i: usize = 0; i < <usize> down; i++) {
    for (let j: usize = 0; j < <usize> across; j++) {
      let to = padded + (i << 2) * row + (j << 6);
      for (let group: usize = 0; group < tileBytes; group += 16) {
        const own = from + group;
        if (side == 8) {
          transformInputBack<Stores>(own, 8 * vStep, vStep, temporary, 128, 16);
          transformInputBack<Adds>(temporary, 16, 128, to, 16, row);
        } else {
          transformInputBack3x3<Stores>(
            own,
            6 * vStep,
            vStep,
            temporary,
            96,
            16,
          );
          transformInputBack3x3<Adds>(temporary, 16, 96, to, 16, row);
        }
        to += plane;
      }
      from += tileBytes;
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
  side: i32,
  temporary: usize,
): void {
  const row: usize = across << 6;
  const plane = row * <usize> (down << 2);
  const tileBytes: usize = channels << 2;
  let from = m;
  for (let i: usize = 0; i < <usize> down; i++) {
    for (let j: usize = 0; j < <usize> across; j++) {
      let to = y + (i << 2) * row + (j << 6);
      for (let group: usize = 0; group < tileBytes; group += 16) {
        const own = from + group;
        if (side == 8) {
          transformOutput(own, 8 * mStep, mStep, temporary, 128, 16, 8);
          transformOutput(temporary, 16, 128, to, 16, row, 4);
        } else {
          transformOutput3x3(own, 6 * mStep, mStep, temporary, 96, 16, 6);
          transformOutput3x3(temporary, 16, 96, to, 16, row, 4);
        }
        to += plane;
      }
      from += tileBytes;
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
  side: i32,
  temporary: usize,
): void {
  const row: usize = across << 6;
  const plane = row * <usize> (down << 2);
  const tileBytes: usize = channels << 2;
  let to = m;
  for (let i: usize = 0; i < <usize> down; i++) {
    for (let j: usize = 0; j < <usize> across; j++) {
      let from = y + (i << 2) * row + (j << 6);
      for (let group: usize = 0; group < tileBytes; group += 16) {
        const own = to + group;
        if (side == 8) {
          transformOutputBack(from, row, 16, temporary, 64, 16, 4);
          transformOutputBack(temporary, 16, 64, own, mStep, 8 * mStep, 8);
        } else {
          transformOutputBack3x3(from, row, 16, temporary, 64, 16, 4);
          transformOutputBack3x3(temporary, 16, 64, own, mStep, 6 * mStep, 6);
        }
        from += plane;
      }
      to += tileBytes;
    }
  }
}
