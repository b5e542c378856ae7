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

// A layout is ten words: channels, height and width of the source; padded rows
// and columns from one row and column of the source to the next; padded row and
// column of its first pixel, which may be negative; rows, phases and columns of
// the padded copy.

/** Words of a layout, in bytes from its start. */
export const CHANNELS: usize = 0;
export const PHASES: usize = 32;
export const COLUMNS: usize = 36;
const HEIGHT: usize = 4;
const WIDTH: usize = 8;
const STEP_HEIGHT: usize = 12;
const STEP_WIDTH: usize = 16;
const TOP: usize = 20;
const LEFT: usize = 24;
const ROWS: usize = 28;

/** Bytes of an image as the source has it. */
export function sourceBytes(layout: usize): usize {
  const channel = load<i32>(layout, HEIGHT) * load<i32>(layout, WIDTH);
  return <usize> (load<i32>(layout, CHANNELS) * channel) << 2;
}

/** Bytes of a padded row of a channel. */
export function rowBytes(layout: usize): usize {
  return <usize> (load<i32>(layout, PHASES) * load<i32>(layout, COLUMNS)) << 2;
}

/** Copies an image; what lies between its pixels stays as it was. */
export function padImage(image: usize, padded: usize, layout: usize): void {
  const channels = load<i32>(layout, CHANNELS);
  const height = load<i32>(layout, HEIGHT), width = load<i32>(layout, WIDTH);
  const stepHeight = load<i32>(layout, STEP_HEIGHT);
  const stepWidth = load<i32>(layout, STEP_WIDTH);
  const top = load<i32>(layout, TOP), left = load<i32>(layout, LEFT);
  const rows = load<i32>(layout, ROWS), phases = load<i32>(layout, PHASES);
  const columns = load<i32>(layout, COLUMNS);
  const plain = phases == 1 && stepWidth == 1;
  const first = max(0, -left);
  const end = min(width, columns - left);
  for (let channel = 0; channel < channels; channel++) {
    for (let y = 0; y < height; y++) {
      const row = y * stepHeight + top;
      if (<u32> row >= <u32> rows) continue;
      const from = image +
        (<usize> ((channel * height + y) * width) << 2);
      const to = padded +
        (<usize> ((channel * rows + row) * phases * columns) << 2);
      if (plain) {
        if (first >= end) continue;
        copyRow(
          to + (<usize> (left + first) << 2),
          from + (<usize> first << 2),
          end - first,
        );
        continue;
      }
      for (let x = 0; x < width; x++) {
        const column = x * stepWidth + left;
        if (<u32> column >= <u32> (columns * phases)) continue;
        const at = column % phases * columns + column / phases;
        store<f32>(to + (<usize> at << 2), load<f32>(from + (<usize> x << 2)));
      }
    }
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
  layout: usize,
  kernelHeight: i32,
  kernelWidth: i32,
  dilationHeight: i32,
  dilationWidth: i32,
  extra: i32,
): void {
  const channels = load<i32>(layout, CHANNELS), rows = load<i32>(layout, ROWS);
  const phases = load<i32>(layout, PHASES),
    columns = load<i32>(layout, COLUMNS);
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
