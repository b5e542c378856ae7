// @ts-nocheck: AssemblyScript, compiled by `deno task kernels`.

// Between images `[batch, channels, height, width]` and eight images whose
// pixels lie side by side, one in each lane of two vectors.

/**
 * Up to eight images as `[rows, columns, channels, 8]`. Lanes of images that are not
 * there are those of the last one.
 */
export function toImages(
  from: usize,
  count: i32,
  channels: i32,
  height: i32,
  width: i32,
  to: usize,
): void {
  const image: usize = (channels * height * width) << 2;
  const plane: usize = (height * width) << 2;
  const pixel: usize = channels << 5;
  const last = count - 1;
  for (let y = 0; y < height; y++) {
    for (let channel: usize = 0; channel < <usize> channels; channel++) {
      const own = from + channel * plane + (<usize> (y * width) << 2);
      const place = to + (channel << 5) + <usize> (y * width) * pixel;
      for (let half = 0; half < 8; half += 4) {
        rowToImages(
          own + <usize> min(half, last) * image,
          own + <usize> min(half + 1, last) * image,
          own + <usize> min(half + 2, last) * image,
          own + <usize> min(half + 3, last) * image,
          width,
          place + (<usize> half << 2),
          pixel,
        );
      }
    }
  }
}

/** A row of four images, whose pixels get so many bytes apart. */
function rowToImages(
  a: usize,
  b: usize,
  c: usize,
  d: usize,
  width: i32,
  to: usize,
  pixel: usize,
): void {
  const whole: usize = (width & ~3) << 2, all: usize = width << 2;
  let at: usize = 0;
  for (; at < whole; at += 16) {
    const A = v128.load(a + at), B = v128.load(b + at);
    const C = v128.load(c + at), D = v128.load(d + at);
    const low = v128.shuffle<f32>(A, B, 0, 4, 1, 5);
    const lower = v128.shuffle<f32>(C, D, 0, 4, 1, 5);
    const high = v128.shuffle<f32>(A, B, 2, 6, 3, 7);
    const higher = v128.shuffle<f32>(C, D, 2, 6, 3, 7);
    v128.store(to, v128.shuffle<f32>(low, lower, 0, 1, 4, 5));
    to += pixel;
    v128.store(to, v128.shuffle<f32>(low, lower, 2, 3, 6, 7));
    to += pixel;
    v128.store(to, v128.shuffle<f32>(high, higher, 0, 1, 4, 5));
    to += pixel;
    v128.store(to, v128.shuffle<f32>(high, higher, 2, 3, 6, 7));
    to += pixel;
  }
  for (; at < all; at += 4) {
    store<f32>(to, load<f32>(a + at));
    store<f32>(to, load<f32>(b + at), 4);
    store<f32>(to, load<f32>(c + at), 8);
    store<f32>(to, load<f32>(d + at), 12);
    to += pixel;
  }
}

/**
 * A row `[channels, columns, 8]` of up to eight images, whose planes and images lie
 * so many bytes apart.
 */
export function fromImages(
  row: usize,
  to: usize,
  count: i32,
  channels: i32,
  width: i32,
  plane: usize,
  image: usize,
): void {
  for (let channel = 0; channel < channels; channel++) {
    for (let half = 0; half < count; half += 4) {
      rowFromImages(
        row + (<usize> half << 2),
        to + <usize> half * image,
        min(4, count - half),
        width,
        image,
      );
    }
    row += <usize> width << 5;
    to += plane;
  }
}

/** A row of up to four images. */
function rowFromImages(
  from: usize,
  to: usize,
  count: i32,
  width: i32,
  image: usize,
): void {
  const b = image, c = 2 * image, d = 3 * image;
  const whole = count == 4 ? width & ~3 : 0;
  let x = 0;
  for (; x < whole; x += 4) {
    const A = v128.load(from), B = v128.load(from, 32);
    const C = v128.load(from, 64), D = v128.load(from, 96);
    const low = v128.shuffle<f32>(A, B, 0, 4, 1, 5);
    const lower = v128.shuffle<f32>(C, D, 0, 4, 1, 5);
    const high = v128.shuffle<f32>(A, B, 2, 6, 3, 7);
    const higher = v128.shuffle<f32>(C, D, 2, 6, 3, 7);
    v128.store(to, v128.shuffle<f32>(low, lower, 0, 1, 4, 5));
    v128.store(to + b, v128.shuffle<f32>(low, lower, 2, 3, 6, 7));
    v128.store(to + c, v128.shuffle<f32>(high, higher, 0, 1, 4, 5));
    v128.store(to + d, v128.shuffle<f32>(high, higher, 2, 3, 6, 7));
    from += 128;
    to += 16;
  }
  for (; x < width; x++) {
    store<f32>(to, load<f32>(from));
    if (count > 1) store<f32>(to + b, load<f32>(from, 4));
    if (count > 2) store<f32>(to + c, load<f32>(from, 8));
    if (count > 3) store<f32>(to + d, load<f32>(from, 12));
    from += 32;
    to += 4;
  }
}
