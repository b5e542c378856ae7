// @ts-nocheck: AssemblyScript, compiled by `deno task kernels`.

// How the direct convolutions lay out an image before they work on it.
//
// An image is copied into a thread's scratch memory with its padding, as
// `[channels, height, phases, columns]`: a padded column c lies in phase
// `c % phases` at `c / phases`, where phases is the stride, so that the pixels
// that neighbouring outputs meet are neighbours. What a tap of the kernel adds
// to the place of a pixel is then one number, whatever stride and dilation are:
// a table holds it for every channel and tap. Loops over such a table have no
// bounds to check.

/** Where the pixels of an image lie in its padded copy. */
@unmanaged
export class ImageLayout {
  /** Sizes of the source. */
  channels: i32;
  height: i32;
  width: i32;
  /** Padded row and column of the source's first pixel; may be negative. */
  top: i32;
  left: i32;
  /** Sizes of the padded copy. */
  rows: i32;
  phases: i32;
  columns: i32;
}

/** Bytes of an image as the source has it. */
export function sourceBytes(layout: ImageLayout): usize {
  return <usize> (layout.channels * layout.height * layout.width) << 2;
}

/** Bytes of a padded row of a channel. */
export function rowBytes(layout: ImageLayout): usize {
  return <usize> (layout.phases * layout.columns) << 2;
}

/** Copies an image; what lies around it stays as it was. */
export function padImage(
  image: usize,
  padded: usize,
  layout: ImageLayout,
): void {
  const channels = layout.channels;
  const height = layout.height, width = layout.width;
  const top = layout.top, left = layout.left;
  const rows = layout.rows, phases = layout.phases;
  const columns = layout.columns;
  const first = max(0, -left);
  const end = min(width, columns - left);
  for (let channel = 0; channel < channels; channel++) {
    for (let y = 0; y < height; y++) {
      const row = y + top;
      if (<u32> row >= <u32> rows) continue;
      const from = image +
        (<usize> ((channel * height + y) * width) << 2);
      const to = padded +
        (<usize> ((channel * rows + row) * phases * columns) << 2);
      if (phases == 1) {
        if (first >= end) continue;
        copyRow(
          to + (<usize> (left + first) << 2),
          from + (<usize> first << 2),
          end - first,
        );
        continue;
      }
      spreadRow(to, from, width, left, phases, columns);
    }
  }
}

/**
 * Copies a row in phases. A pixel has its place by counting, since a division takes
 * longer than all else.
 */
function spreadRow(
  to: usize,
  from: usize,
  width: i32,
  left: i32,
  phases: i32,
  columns: i32,
): void {
  const end = min(width, columns * phases - left);
  let x = max(0, -left);
  let phase = (left + x) % phases, at = (left + x) / phases;
  for (; x < end; x++) {
    if (phases == 2 && phase == 0 && x + 8 <= end) {
      const pairs = (end - x) >> 3;
      const place = to + (<usize> at << 2);
      spreadPairs(place, from + (<usize> x << 2), pairs, <usize> columns << 2);
      at += pairs << 2;
      x += pairs << 3;
      if (x == end) return;
    }
    const place = <usize> (phase * columns + at) << 2;
    store<f32>(to + place, load<f32>(from + (<usize> x << 2)));
    if (++phase == phases) {
      phase = 0;
      at++;
    }
  }
}

/** Copies eight pixels at a time in two phases, so many bytes apart. */
function spreadPairs(to: usize, from: usize, count: i32, phase: usize): void {
  for (let i = 0; i < count; i++) {
    const a = v128.load(from), b = v128.load(from, 16);
    v128.store(to, v128.shuffle<f32>(a, b, 0, 2, 4, 6));
    v128.store(to + phase, v128.shuffle<f32>(a, b, 1, 3, 5, 7));
    from += 32;
    to += 16;
  }
}

/** Copies floats; at least four in one go, where there are as many. */
function copyRow(to: usize, from: usize, count: i32): void {
  let i = 0;
  for (; i + 4 <= count; i += 4) {
    const at: usize = i << 2;
    v128.store(to + at, v128.load(from + at));
  }
  for (; i < count; i++) {
    const at: usize = i << 2;
    store<f32>(to + at, load<f32>(from + at));
  }
}

/**
 * The table of what channels and taps add to a place, in bytes, over channel,
 * kernel row, kernel column; then `extra` entries as the last one.
 */
export function tapTable(
  table: usize,
  layout: ImageLayout,
  kernelHeight: i32,
  kernelWidth: i32,
  dilationHeight: i32,
  dilationWidth: i32,
  extra: i32,
): void {
  const channels = layout.channels, rows = layout.rows;
  const phases = layout.phases,
    columns = layout.columns;
  let offset = 0;
  for (let channel = 0; channel < channels; channel++) {
    for (let i = 0; i < kernelHeight; i++) {
      const row = channel * rows + i * dilationHeight;
      for (let j = 0; j < kernelWidth; j++) {
        const column = j * dilationWidth;
        offset = (row * phases + column % phases) * columns + column / phases;
        store<i32>(table, offset << 2);
        table += 4;
      }
    }
  }
  for (let i = 0; i < extra; i++) {
    store<i32>(table, offset << 2);
    table += 4;
  }
}
