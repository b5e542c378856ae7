import { RandomGenerator } from "../../src/core/random.ts";
import { encode, type PngDataArray } from "npm:fast-png@8.0.0";
import jpeg from "npm:jpeg-js@0.4.4";

/** A picture: RGB, or RGB and alpha, 0…1, row by row. */
export interface Picture {
  width: number;
  height: number;
  channels: 3 | 4;
  data: Float64Array;
}

/** How a digit of MNIST is made a picture. */
export interface Look {
  /** Picture pixels for a pixel of the digit. Default 6. */
  scale?: number;
  /** Empty pixels of the digit's size on the left, top, right and bottom. */
  padding?: readonly [number, number, number, number];
  /** Colour of the ground. Default white. */
  paper?: readonly [number, number, number];
  /** Colour of the strokes. Default black. */
  ink?: readonly [number, number, number];
  /** What the light is multiplied by, from the place, 0…1. Default 1. */
  light?(x: number, y: number): number;
  /** Deviation of the sensor's noise. Default 0. */
  noise?: number;
}

/** A picture of a digit: scaled up smoothly, on paper, under some light. */
export function pictureOf(digit: Uint8Array, look: Look = {}): Picture {
  const { scale = 6, padding = [0, 0, 0, 0], noise = 0 } = look;
  const { paper = [1, 1, 1], ink = [0, 0, 0], light = () => 1 } = look;
  const [left, top, right, bottom] = padding;
  const width = Math.round((28 + left + right) * scale);
  const height = Math.round((28 + top + bottom) * scale);
  const data = new Float64Array(width * height * 3);
  const random = new RandomGenerator(1);
  for (let pixel = 0; pixel < width * height; pixel++) {
    const [x, y] = [pixel % width, Math.floor(pixel / width)];
    const at = [x, y].map((place) => (place + 0.5) / scale - 0.5);
    const share = smooth(digit, at[0] - left, at[1] - top);
    const lit = light(x / width, y / height);
    const grain = noise * (random.random() / 2 ** 32 - 0.5) * Math.sqrt(12);
    for (let channel = 0; channel < 3; channel++) {
      const color = paper[channel] + (ink[channel] - paper[channel]) * share;
      data[pixel * 3 + channel] = Math.min(1, Math.max(0, color * lit + grain));
    }
  }
  return { width, height, channels: 3, data };
}

/** A pixel between pixels: the mean of its four neighbours, by distance. */
export function smooth(digit: Uint8Array, x: number, y: number): number {
  const [left, top] = [Math.floor(x), Math.floor(y)];
  const at = (column: number, row: number) =>
    column < 0 || row < 0 || column > 27 || row > 27
      ? 0
      : digit[row * 28 + column] / 255;
  const [right, down] = [x - left, y - top];
  const upper = at(left, top) * (1 - right) + at(left + 1, top) * right;
  const lower = at(left, top + 1) * (1 - right) + at(left + 1, top + 1) * right;
  return upper * (1 - down) + lower * down;
}

const byte = (value: number) => Math.round(value * 255);

/** One channel of the picture: the first. */
function grey({ channels, data, height, width }: Picture): Float64Array {
  return Float64Array.from(
    { length: width * height },
    (_, pixel) => data[pixel * channels],
  );
}

/** As PNG: in colour as it is, or grey of 1, 8 or 16 bits. */
export function asPng(picture: Picture, depth?: 1 | 8 | 16): Uint8Array {
  const { channels, height, width } = picture;
  if (depth === undefined) {
    const data = new Uint8Array(picture.data.map(byte));
    return encode({ width, height, channels, data, depth: 8 });
  }
  const values = grey(picture);
  const data: PngDataArray = depth === 16
    ? Uint16Array.from(values, (value) => Math.round(value * 65535))
    : depth === 8
    ? Uint8Array.from(values, byte)
    : packed(values, width);
  return encode({ width, height, channels: 1, data, depth });
}

/** A bit for each pixel; a row starts with a byte. */
function packed(values: Float64Array, width: number): Uint8Array {
  const rowBytes = Math.ceil(width / 8);
  const data = new Uint8Array(rowBytes * values.length / width);
  for (const [pixel, value] of values.entries()) {
    const [x, y] = [pixel % width, Math.floor(pixel / width)];
    if (value >= 0.5) data[y * rowBytes + (x >> 3)] |= 0x80 >> x % 8;
  }
  return data;
}

/** As JPEG, in colour. */
export function asJpeg(picture: Picture, quality = 60): Uint8Array {
  const { channels, height, width } = picture;
  const data = new Uint8Array(width * height * 4).fill(255);
  for (let pixel = 0; pixel < width * height; pixel++) {
    for (let channel = 0; channel < 3; channel++) {
      data[pixel * 4 + channel] = byte(
        picture.data[pixel * channels + channel],
      );
    }
  }
  return new Uint8Array(jpeg.encode({ width, height, data }, quality).data);
}

/** As PGM: bytes, two of them with `white` above 255, or text. */
export function asPgm(
  picture: Picture,
  { text = false, white = 255 }: { text?: boolean; white?: number } = {},
): Uint8Array {
  const { height, width } = picture;
  const values = Array.from(
    grey(picture),
    (value) => Math.round(value * white),
  );
  const header = `P${
    text ? 2 : 5
  }\n# a comment\n${width} ${height}\n${white}\n`;
  const body = text
    ? new TextEncoder().encode(values.join("\n"))
    : Uint8Array.from(
      values.flatMap((value) =>
        white > 255 ? [value >> 8, value & 255] : [value]
      ),
    );
  return Uint8Array.from([...new TextEncoder().encode(header), ...body]);
}

/**
 * As BMP, written by hand: 24 bits in colour, 32 bits with nothing in the
 * fourth byte, or 8 bits with a palette that runs from white to black.
 */
export function asBmp(
  picture: Picture,
  { bits = 24, fromTop = false }: { bits?: 8 | 24 | 32; fromTop?: boolean } =
    {},
): Uint8Array {
  const { channels, height, width } = picture;
  const palette = bits === 8 ? 1024 : 0;
  const rowBytes = Math.ceil(width * bits / 32) * 4;
  const file = new Uint8Array(54 + palette + rowBytes * height);
  const view = new DataView(file.buffer);
  file.set([0x42, 0x4d]);
  view.setUint32(2, file.length, true);
  view.setUint32(10, 54 + palette, true);
  view.setUint32(14, 40, true);
  view.setInt32(18, width, true);
  view.setInt32(22, fromTop ? -height : height, true);
  view.setUint16(26, 1, true);
  view.setUint16(28, bits, true);
  for (let color = 0; color < palette / 4; color++) {
    file.fill(255 - color, 54 + color * 4, 54 + color * 4 + 3);
  }
  for (let row = 0; row < height; row++) {
    const start = 54 + palette +
      (fromTop ? row : height - 1 - row) * rowBytes;
    for (let column = 0; column < width; column++) {
      const from = (row * width + column) * channels;
      const to = start + column * bits / 8;
      if (bits === 8) file[to] = 255 - byte(picture.data[from]);
      else {
        for (let channel = 0; channel < 3; channel++) {
          file[to + channel] = byte(picture.data[from + 2 - channel]);
        }
      }
    }
  }
  return file;
}

/** The picture with transparent paper: its darkness becomes its alpha. */
export function withoutPaper(
  picture: Picture,
  color: readonly [number, number, number],
): Picture {
  const values = grey(picture);
  const data = new Float64Array(values.length * 4);
  for (const [pixel, value] of values.entries()) {
    data.set([...color, 1 - value], pixel * 4);
  }
  return { ...picture, channels: 4, data };
}
