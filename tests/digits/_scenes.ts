import { RandomGenerator } from "../../src/core/random.ts";
import { type Picture, smooth } from "./_pictures.ts";

/** A picture of digits that is made of a seed, and what is written in it. */
export interface Scene {
  picture: Picture;
  /** The digits from left to right, line by line; empty for none. */
  text: string;
}

/** A digit to draw: its pixels as MNIST has them, and its label. */
export interface Sample {
  pixels: Uint8Array;
  label: number;
}

/** Draws scene `seed`, with the digits that `sample` gives, one after another. */
export type MakeScene = (seed: number, sample: () => Sample) => Scene;

type Color = readonly [number, number, number];

const paper: Color = [0.96, 0.95, 0.93];
const ink: Color = [0.13, 0.13, 0.15];
const printed: readonly Color[] = [
  [0.16, 0.16, 0.16],
  [0.3, 0.3, 0.35],
  [0.2, 0.3, 0.6],
  [0.7, 0.2, 0.2],
];
const ruled: readonly Color[] = [
  [0.43, 0.55, 0.78],
  [0.55, 0.67, 0.86],
  [0.5, 0.5, 0.5],
  [0.85, 0.55, 0.55],
];

/** A sheet of paper to draw on, and the chances that make each picture another. */
class Sheet {
  readonly picture: Picture;
  readonly #random: RandomGenerator;

  constructor(seed: number, width: number, height: number) {
    this.#random = new RandomGenerator(seed);
    const data = new Float64Array(width * height * 3);
    for (let at = 0; at < data.length; at++) data[at] = paper[at % 3];
    this.picture = { width, height, channels: 3, data };
  }

  /** A number from `from` to `to`. */
  between(from: number, to: number): number {
    return from + (to - from) * this.#random.random() / 2 ** 32;
  }

  oneOf<T>(values: readonly T[]): T {
    return values[Math.floor(this.between(0, values.length))];
  }

  /** Covers a pixel by a share of a colour. */
  #cover(x: number, y: number, color: Color, share: number): void {
    const { data, height, width } = this.picture;
    if (x < 0 || y < 0 || x >= width || y >= height) return;
    for (let channel = 0; channel < 3; channel++) {
      const at = (y * width + x) * 3 + channel;
      data[at] += (color[channel] - data[at]) * share;
    }
  }

  /** A straight line with soft edges. */
  line(
    [x0, y0]: readonly [number, number],
    [x1, y1]: readonly [number, number],
    thick: number,
    color: Color,
  ): void {
    const length = Math.hypot(x1 - x0, y1 - y0);
    const [dx, dy] = [(x1 - x0) / length, (y1 - y0) / length];
    const reach = thick / 2 + 1;
    const rows = [Math.min(y0, y1) - reach, Math.max(y0, y1) + reach];
    const columns = [Math.min(x0, x1) - reach, Math.max(x0, x1) + reach];
    for (let y = Math.floor(rows[0]); y <= rows[1]; y++) {
      for (let x = Math.floor(columns[0]); x <= columns[1]; x++) {
        const along = (x + 0.5 - x0) * dx + (y + 0.5 - y0) * dy;
        const end = Math.min(1, Math.max(0, along + 0.5)) *
          Math.min(1, Math.max(0, length - along + 0.5));
        const away = Math.abs((y + 0.5 - y0) * dx - (x + 0.5 - x0) * dy);
        const share = Math.min(1, Math.max(0, thick / 2 + 0.5 - away));
        this.#cover(x, y, color, share * end);
      }
    }
  }

  /** A digit whose field of 28 × 28 has its middle at a place. */
  digit(
    pixels: Uint8Array,
    [middleX, middleY]: readonly [number, number],
    scale: number,
    degrees = 0,
  ): void {
    const angle = degrees * Math.PI / 180;
    const [cos, sin] = [Math.cos(angle) / scale, Math.sin(angle) / scale];
    const reach = 20 * scale;
    for (let y = Math.floor(middleY - reach); y < middleY + reach; y++) {
      for (let x = Math.floor(middleX - reach); x < middleX + reach; x++) {
        const [dx, dy] = [x + 0.5 - middleX, y + 0.5 - middleY];
        const share = smooth(
          pixels,
          dx * cos + dy * sin + 13.5,
          dy * cos - dx * sin + 13.5,
        );
        if (share > 0) this.#cover(x, y, ink, share);
      }
    }
  }

  /** Grain of a sensor. */
  grain(deviation: number): this {
    const { data } = this.picture;
    for (let at = 0; at < data.length; at += 3) {
      const noise = this.between(-1, 1) * Math.sqrt(3) * deviation;
      for (let channel = 0; channel < 3; channel++) {
        const value = data[at + channel] + noise;
        data[at + channel] = Math.min(1, Math.max(0, value));
      }
    }
    return this;
  }
}

/** The lowest and highest rows of a digit that have ink, from its middle. */
function heightOf(pixels: Uint8Array): [top: number, bottom: number] {
  const rows = Array.from({ length: 28 }, (_, row) => row)
    .filter((row) =>
      pixels.subarray(row * 28, row * 28 + 28).some((value) => value > 127)
    );
  return [rows[0] - 14, rows.at(-1)! + 1 - 14];
}

/** A digit in a printed box of a form. */
const boxed: MakeScene = (seed, sample) => {
  const sheet = new Sheet(seed, 360, 360);
  const { label, pixels } = sample();
  const scale = sheet.between(5, 7.5);
  const [x, y] = [sheet.between(165, 195), sheet.between(165, 195)];
  const [wide, high] = [sheet.between(11, 15), sheet.between(11.5, 15)];
  const [left, right] = [x - wide * scale, x + wide * scale];
  const [top, bottom] = [y - high * scale, y + high * scale];
  const thick = sheet.between(2, 4);
  const color = sheet.oneOf(printed);
  sheet.line([left, top], [right, top], thick, color);
  sheet.line([left, bottom], [right, bottom], thick, color);
  sheet.line([left, top], [left, bottom], thick, color);
  sheet.line([right, top], [right, bottom], thick, color);
  sheet.digit(
    pixels,
    [x + sheet.between(-1, 1) * scale, y + sheet.between(-1, 1) * scale],
    scale,
  );
  return { picture: sheet.grain(0.01).picture, text: String(label) };
};

/** A digit with a line under it, at some distance or touching. */
const underlined: MakeScene = (seed, sample) => {
  const sheet = new Sheet(seed, 360, 360);
  const { label, pixels } = sample();
  const scale = sheet.between(4.5, 7);
  const [x, y] = [sheet.between(165, 195), sheet.between(150, 180)];
  const bottom = y + heightOf(pixels)[1] * scale;
  const under = bottom + sheet.between(-0.4, 3) * scale;
  const wide = sheet.between(14, 24) * scale / 2;
  const tilt = wide * sheet.between(-0.04, 0.04);
  const middle = x + sheet.between(-8, 8);
  sheet.digit(pixels, [x, y], scale);
  sheet.line(
    [middle - wide, under - tilt],
    [middle + wide, under + tilt],
    sheet.between(2, 4),
    sheet.oneOf(printed),
  );
  return { picture: sheet.grain(0.01).picture, text: String(label) };
};

/** A digit that a ruling of the paper goes through, or just under. */
const strongRuling: MakeScene = (seed, sample) => {
  const sheet = new Sheet(seed, 480, 480);
  const { label, pixels } = sample();
  const scale = sheet.between(4, 6);
  const [x, y] = [sheet.between(200, 280), sheet.between(200, 280)];
  const [top, bottom] = heightOf(pixels);
  const spacing = sheet.between(65, 100);
  const through = y + sheet.between(top, bottom + 1) * scale;
  const thick = sheet.between(2, 4);
  const color = sheet.oneOf(ruled);
  const slope = sheet.between(-6, 6);
  for (let line = -8; line <= 8; line++) {
    const at = through + line * spacing;
    sheet.line([-5, at - slope], [485, at + slope], thick, color);
  }
  sheet.digit(pixels, [x, y], scale);
  return { picture: sheet.grain(0.01).picture, text: String(label) };
};

/** A small digit on ruled paper, or on squared paper. */
const smallOnLines: MakeScene = (seed, sample) => {
  const sheet = new Sheet(seed, 360, 360);
  const { label, pixels } = sample();
  const isSquared = seed % 2 === 0;
  const scale = sheet.between(2, 4);
  const [x, y] = [sheet.between(60, 300), sheet.between(60, 300)];
  const spacing = isSquared ? sheet.between(25, 50) : sheet.between(50, 95);
  const [first, left] = [sheet.between(0, spacing), sheet.between(0, spacing)];
  const thick = sheet.between(1.5, 3);
  const color = sheet.oneOf(ruled);
  for (let at = first; at < 360; at += spacing) {
    sheet.line([-5, at], [365, at], thick, color);
  }
  for (let at = left; isSquared && at < 360; at += spacing) {
    sheet.line([at, -5], [at, 365], thick, color);
  }
  sheet.digit(pixels, [x, y], scale);
  return { picture: sheet.grain(0.01).picture, text: String(label) };
};

/** A digit turned by 20° to 30° to one side. */
const rotated: MakeScene = (seed, sample) => {
  const sheet = new Sheet(seed, 360, 360);
  const { label, pixels } = sample();
  const degrees = sheet.between(20, 30) * (seed % 2 === 0 ? 1 : -1);
  sheet.digit(pixels, [180, 180], sheet.between(5, 8), degrees);
  return { picture: sheet.grain(0.01).picture, text: String(label) };
};

/** Two to five digits beside each other, in one line or two. */
const several: MakeScene = (seed, sample) => {
  const lines = seed % 4 === 3 ? 2 : 1;
  const count = 2 + seed % 4;
  const sheet = new Sheet(seed, 90 + 120 * count, 60 + 150 * lines);
  let text = "";
  for (let line = 0; line < lines; line++) {
    for (let at = 0; at < count; at++) {
      const { label, pixels } = sample();
      text += label;
      sheet.digit(
        pixels,
        [
          105 + 120 * at + sheet.between(-8, 8),
          105 + 150 * line + sheet.between(-10, 10),
        ],
        sheet.between(3.9, 4.6),
      );
    }
  }
  return { picture: sheet.grain(0.01).picture, text };
};

/** A line that somebody lets run. */
const scribble: MakeScene = (seed) => {
  const sheet = new Sheet(seed, 360, 360);
  let [x, y] = [180, 180];
  let direction = sheet.between(0, 2 * Math.PI);
  const steps = sheet.between(150, 400);
  for (let step = 0; step < steps; step++) {
    direction += sheet.between(-0.9, 0.9);
    // Back from the edge.
    const home = Math.atan2(180 - y, 180 - x);
    if (Math.hypot(180 - x, 180 - y) > 90) direction = home;
    const [fromX, fromY] = [x, y];
    x += 12 * Math.cos(direction);
    y += 12 * Math.sin(direction);
    sheet.line([fromX, fromY], [x, y], 9, ink);
  }
  return { picture: sheet.grain(0.01).picture, text: "" };
};

/** Letters that look like no digit, as strokes in a square. */
const letters: Record<string, readonly (readonly number[])[]> = {
  A: [[0, 1, 0.5, 0, 1, 1], [0.2, 0.6, 0.8, 0.6]],
  E: [[1, 0, 0, 0, 0, 1, 1, 1], [0, 0.5, 0.8, 0.5]],
  F: [[1, 0, 0, 0, 0, 1], [0, 0.5, 0.8, 0.5]],
  H: [[0, 0, 0, 1], [1, 0, 1, 1], [0, 0.5, 1, 0.5]],
  K: [[0, 0, 0, 1], [1, 0, 0, 0.55, 1, 1]],
  M: [[0, 1, 0, 0, 0.5, 0.6, 1, 0, 1, 1]],
  N: [[0, 1, 0, 0, 1, 1, 1, 0]],
  R: [[0, 1, 0, 0, 0.7, 0, 1, 0.2, 0.7, 0.5, 0, 0.5], [0.4, 0.5, 1, 1]],
  W: [[0, 0, 0.25, 1, 0.5, 0.4, 0.75, 1, 1, 0]],
  X: [[0, 0, 1, 1], [1, 0, 0, 1]],
};

/** A letter, drawn with a pen. */
const letter: MakeScene = (seed) => {
  const sheet = new Sheet(seed, 360, 360);
  const names = Object.keys(letters);
  const [width, height] = [sheet.between(90, 130), sheet.between(120, 160)];
  const slant = sheet.between(-0.1, 0.2);
  const thick = sheet.between(10, 18);
  const place = (x: number, y: number) =>
    [
      180 + (x - 0.5) * width + (0.5 - y) * slant * height +
      sheet.between(-5, 5),
      180 + (y - 0.5) * height + sheet.between(-5, 5),
    ] as const;
  for (const stroke of letters[names[seed % names.length]]) {
    let last = place(stroke[0], stroke[1]);
    for (let at = 2; at < stroke.length; at += 2) {
      const next = place(stroke[at], stroke[at + 1]);
      sheet.line(last, next, thick, ink);
      last = next;
    }
  }
  return { picture: sheet.grain(0.01).picture, text: "" };
};

/** Paper with grain and nothing on it; every other one is ruled. */
const empty: MakeScene = (seed) => {
  const sheet = new Sheet(seed, 360, 360);
  if (seed % 2 === 1) {
    for (let at = sheet.between(10, 60); at < 360; at += 70) {
      sheet.line([-5, at], [365, at], 3, sheet.oneOf(ruled));
    }
  }
  return { picture: sheet.grain(0.02).picture, text: "" };
};

/** All kinds, and how many of 100 must be seen right. */
export const scenes: Record<string, readonly [make: MakeScene, must: number]> =
  {
    "in a printed box": [boxed, 93],
    "underlined": [underlined, 90],
    "a strong ruling through or under it": [strongRuling, 75],
    "small on ruled or squared paper": [smallOnLines, 90],
    "rotated 20–30°": [rotated, 93],
    "several digits": [several, 90],
    "a scribble": [scribble, 90],
    "a letter": [letter, 85],
    "nothing": [empty, 100],
  };
