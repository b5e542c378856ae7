// @ts-nocheck: AssemblyScript, compiled by `deno task kernels`.

// The transforms of all tiles of an image, see `winograd.ts` for what lies where.
// A tile is transformed along its columns, then along its rows. It has `side` · side
// elements: 8 for kernels of 5×5, 6 for kernels of 3×3, 9 for these with stride 2; an
// output tile has 4 · 4. `reach` is from a tile to its neighbour, in pixels of the
// input: 4, or 8 with stride 2.

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
import {
  transformInputBackStrided,
  transformInputStrided,
  transformOutputBackStrided,
  transformOutputStrided,
} from "./_transforms_strided.ts";

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
  reach: i32,
  strip: usize,
): void {
  const columns = (across - 1) * reach + side;
  const row: usize = columns << 4;
  const plane = row * <usize> ((down - 1) * reach + side);
  const apart: usize = reach << 4;
  const tileBytes: usize = channels << 2;
  const toRow = vStep * <usize> side;
  for (let i: usize = 0; i < <usize> down; i++) {
    let from = padded + i * <usize> reach * row;
    for (let group: usize = 0; group < tileBytes; group += 16) {
      let to = v + group;
      if (side == 8) {
        transformInput(from, row, 16, strip, row, 16, columns);
        for (let j: usize = 0; j < <usize> across; j++) {
          transformInput(strip + j * apart, 16, row, to, vStep, toRow, 8);
          to += tileBytes;
        }
      } else if (side == 6) {
        transformInput3x3(from, row, 16, strip, row, 16, columns);
        for (let j: usize = 0; j < <usize> across; j++) {
          transformInput3x3(strip + j * apart, 16, row, to, vStep, toRow, 6);
          to += tileBytes;
        }
      } else {
        transformInputStrided(from, row, 16, strip, row, 16, columns);
        for (let j: usize = 0; j < <usize> across; j++) {
          const tile = strip + j * apart;
          transformInputStrided(tile, 16, row, to, vStep, toRow, 9);
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
  reach: i32,
  temporary: usize,
): void {
  const row: usize = ((across - 1) * reach + side) << 4;
  const plane = row * <usize> ((down - 1) * reach + side);
  const tileBytes: usize = channels << 2;
  let from = v;
  for (let i: usize = 0; i < <usize> down; i++) {
    for (let j: usize = 0; j < <usize> across; j++) {
      let to = padded + (i * row + (j << 4)) * <usize> reach;
      for (let group: usize = 0; group < tileBytes; group += 16) {
        const own = from + group;
        if (side == 8) {
          transformInputBack<Stores>(own, 8 * vStep, vStep, temporary, 128, 16);
          transformInputBack<Adds>(temporary, 16, 128, to, 16, row);
        } else if (side == 6) {
          transformInputBack3x3<Stores>(
            own,
            6 * vStep,
            vStep,
            temporary,
            96,
            16,
          );
          transformInputBack3x3<Adds>(temporary, 16, 96, to, 16, row);
        } else {
          transformInputBackStrided<Stores>(
            own,
            9 * vStep,
            vStep,
            temporary,
            144,
            16,
          );
          transformInputBackStrided<Adds>(temporary, 16, 144, to, 16, row);
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
        } else if (side == 6) {
          transformOutput3x3(own, 6 * mStep, mStep, temporary, 96, 16, 6);
          transformOutput3x3(temporary, 16, 96, to, 16, row, 4);
        } else {
          transformOutputStrided(own, 9 * mStep, mStep, temporary, 144, 16, 9);
          transformOutputStrided(temporary, 16, 144, to, 16, row, 4);
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
        } else if (side == 6) {
          transformOutputBack3x3(from, row, 16, temporary, 64, 16, 4);
          transformOutputBack3x3(temporary, 16, 64, own, mStep, 6 * mStep, 6);
        } else {
          const next = 9 * mStep;
          transformOutputBackStrided(from, row, 16, temporary, 64, 16, 4);
          transformOutputBackStrided(temporary, 16, 64, own, mStep, next, 9);
        }
        from += plane;
      }
      to += tileBytes;
    }
  }
}
