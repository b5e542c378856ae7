// @ts-nocheck: AssemblyScript, compiled by `deno task kernels`.

// Between images `[channels, height, width]` and images whose channels lie four
// in a vector: `[groups of 4, rows, columns, 4]`, which have room for padding.

/**
 * Puts an image into one with channels in lanes, its first pixel at `top`,
 * `left`; what lies around it stays as it was. Channels are a multiple of 4.
 */
export function toLanes(
  image: usize,
  channels: i32,
  height: i32,
  width: i32,
  lanes: usize,
  rows: i32,
  columns: i32,
  top: i32,
  left: i32,
): void {
  const plane: usize = (height * width) << 2;
  for (let group = 0; group < channels >> 2; group++) {
    for (let y = 0; y < height; y++) {
      let from = image + <usize> (group << 2) * plane +
        (<usize> (y * width) << 2);
      let to = lanes +
        (<usize> ((group * rows + y + top) * columns + left) << 4);
      let x = 0;
      for (; x + 4 <= width; x += 4) {
        const a = v128.load(from), b = v128.load(from + plane);
        const c = v128.load(from + 2 * plane), d = v128.load(from + 3 * plane);
        const ab = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
        const cd = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
        const AB = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
        const CD = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
        v128.store(to, v128.shuffle<f32>(ab, cd, 0, 1, 4, 5));
        v128.store(to, v128.shuffle<f32>(ab, cd, 2, 3, 6, 7), 16);
        v128.store(to, v128.shuffle<f32>(AB, CD, 0, 1, 4, 5), 32);
        v128.store(to, v128.shuffle<f32>(AB, CD, 2, 3, 6, 7), 48);
        from += 16;
        to += 64;
      }
      for (; x < width; x++) {
        store<f32>(to, load<f32>(from));
        store<f32>(to, load<f32>(from + plane), 4);
        store<f32>(to, load<f32>(from + 2 * plane), 8);
        store<f32>(to, load<f32>(from + 3 * plane), 12);
        from += 4;
        to += 16;
      }
    }
  }
}

/**
 * {@link toLanes} for any number of channels: lanes of the last four that have
 * none are 0.
 */
export function anyToLanes(
  image: usize,
  channels: i32,
  height: i32,
  width: i32,
  lanes: usize,
  rows: i32,
  columns: i32,
  top: i32,
  left: i32,
): void {
  toLanes(image, channels, height, width, lanes, rows, columns, top, left);
  const count = channels & 3, whole = channels - count;
  if (count == 0) return;
  const plane: usize = (height * width) << 2;
  let from = image + <usize> whole * plane;
  for (let y = 0; y < height; y++) {
    let to = lanes +
      (<usize> ((whole / 4 * rows + y + top) * columns + left) << 4);
    for (let x = 0; x < width; x++) {
      let pixel = v128.load32_zero(from);
      if (count > 1) pixel = v128.load32_lane(from + plane, pixel, 1);
      if (count > 2) pixel = v128.load32_lane(from + 2 * plane, pixel, 2);
      v128.store(to, pixel);
      from += 4;
      to += 16;
    }
  }
}

/** The inverse of {@link toLanes}, adding a bias for each channel or 0. */
export function fromLanes(
  lanes: usize,
  rows: i32,
  columns: i32,
  top: i32,
  left: i32,
  bias: usize,
  image: usize,
  channels: i32,
  height: i32,
  width: i32,
): void {
  const plane: usize = (height * width) << 2;
  for (let group = 0; group < channels >> 2; group++) {
    const constants = bias == 0
      ? f32x4.splat(0)
      : v128.load(bias + (<usize> group << 4));
    for (let y = 0; y < height; y++) {
      let to = image + <usize> (group << 2) * plane +
        (<usize> (y * width) << 2);
      let from = lanes +
        (<usize> ((group * rows + y + top) * columns + left) << 4);
      let x = 0;
      for (; x + 4 <= width; x += 4) {
        const a = f32x4.add(v128.load(from), constants);
        const b = f32x4.add(v128.load(from, 16), constants);
        const c = f32x4.add(v128.load(from, 32), constants);
        const d = f32x4.add(v128.load(from, 48), constants);
        const ab = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
        const cd = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
        const AB = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
        const CD = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
        v128.store(to, v128.shuffle<f32>(ab, cd, 0, 1, 4, 5));
        v128.store(to + plane, v128.shuffle<f32>(ab, cd, 2, 3, 6, 7));
        v128.store(to + 2 * plane, v128.shuffle<f32>(AB, CD, 0, 1, 4, 5));
        v128.store(to + 3 * plane, v128.shuffle<f32>(AB, CD, 2, 3, 6, 7));
        from += 64;
        to += 16;
      }
      for (; x < width; x++) {
        const pixel = f32x4.add(v128.load(from), constants);
        store<f32>(to, f32x4.extract_lane(pixel, 0));
        store<f32>(to + plane, f32x4.extract_lane(pixel, 1));
        store<f32>(to + 2 * plane, f32x4.extract_lane(pixel, 2));
        store<f32>(to + 3 * plane, f32x4.extract_lane(pixel, 3));
        from += 16;
        to += 4;
      }
    }
  }
}
