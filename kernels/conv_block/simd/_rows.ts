// @ts-nocheck: AssemblyScript, compiled by `deno task kernels`.

// Rows of a channel as tiles of Winograd's transforms, four beside each other in the
// lanes of a vector.

/** Bytes of a row of four tiles: eight elements, or frequencies. */
export const ROW: usize = 128;

/** Bytes of a padded row of so many fours of tiles. */
export function rowBytes(fours: i32): usize {
  return <usize> (fours * 16 + 8) << 2;
}

/** Copies a channel into rows that have 0 around it, and keep it. */
export function padPlane(
  from: usize,
  height: i32,
  width: i32,
  to: usize,
  left: i32,
  fours: i32,
): void {
  const bytes: usize = width << 2, whole = bytes & ~15;
  const step = rowBytes(fours);
  to += <usize> left << 2;
  for (let y = 0; y < height; y++) {
    for (let at: usize = 0; at < whole; at += 16) {
      v128.store(to + at, v128.load(from + at));
    }
    for (let at = whole; at < bytes; at += 4) {
      store<f32>(to + at, load<f32>(from + at));
    }
    from += bytes;
    to += step;
  }
}

/** Padded rows as the elements of a four's tiles: `[height, 8, 4]`. */
export function spreadRows(
  from: usize,
  height: i32,
  fours: i32,
  to: usize,
): void {
  const step = rowBytes(fours);
  for (let y = 0; y < height; y++) {
    spread(from, to);
    from += step;
    to += ROW;
  }
}

/** Twenty pixels of a row as eight elements of four tiles. */
function spread(from: usize, to: usize): void {
  const a = v128.load(from), b = v128.load(from, 16);
  const c = v128.load(from, 32), d = v128.load(from, 48);
  const e = v128.load(from, 64);
  const ab = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
  const cd = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
  const AB = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
  const CD = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
  const e0 = v128.shuffle<f32>(ab, cd, 0, 1, 4, 5);
  const e1 = v128.shuffle<f32>(ab, cd, 2, 3, 6, 7);
  const e2 = v128.shuffle<f32>(AB, CD, 0, 1, 4, 5);
  const e3 = v128.shuffle<f32>(AB, CD, 2, 3, 6, 7);
  v128.store(to, e0);
  v128.store(to, e1, 16);
  v128.store(to, e2, 32);
  v128.store(to, e3, 48);
  // The same of the tiles to the right.
  v128.store(to, v128.shuffle<f32>(e0, e, 1, 2, 3, 4), 64);
  v128.store(to, v128.shuffle<f32>(e1, e, 1, 2, 3, 5), 80);
  v128.store(to, v128.shuffle<f32>(e2, e, 1, 2, 3, 6), 96);
  v128.store(to, v128.shuffle<f32>(e3, e, 1, 2, 3, 7), 112);
}
