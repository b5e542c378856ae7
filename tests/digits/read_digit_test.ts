import { assert, assertEquals } from "@std/assert";
import { CpuDevice } from "../../src/devices/cpu/cpu_device.ts";
import { type Digit, readDigit } from "../../src/digits/mod.ts";
import { ConvolutionalNeuralNetwork } from "../../src/models/convolutional_neural_network.ts";
import { predictDigits } from "../../src/digits/predict_digits.ts";
import { readShippedWeights } from "../../src/models/shipped_weights.ts";
import {
  asBmp,
  asJpeg,
  asPgm,
  asPng,
  type Look,
  type Picture,
  pictureOf,
  withoutPaper,
} from "./_pictures.ts";
import { looks, padding } from "./_looks.ts";
import { asPalettePng } from "./_palette_png.ts";
import { labels, testDigit } from "./_test_digits.ts";
import { needs } from "../permissions.ts";

needs(import.meta.url, "read");

/** How many of 25 digits the shipped weights must see right. */
const leastRight = 23;

for (const [at, [name, make]] of Object.entries(looks).entries()) {
  Deno.test(`25 digits are seen right: ${name}`, async () => {
    const rows = Array.from({ length: 25 }, (_, row) => 4 * row + at % 4);
    const digits: Digit[] = [];
    for (const row of rows) digits.push(await readDigit(make(testDigit(row))));
    const seen = await predicted(digits);
    const right = rows.filter((row, at) => seen[at] === labels[row]);
    assert(right.length >= leastRight, `${right.length} of 25 are right`);
  });
}

async function predicted(digits: readonly Digit[]): Promise<number[]> {
  using device = CpuDevice.open({ threads: 1 });
  const model = new ConvolutionalNeuralNetwork().to(device);
  model.loadStateDict((await readShippedWeights()).tensors);
  const seen = await predictDigits(device, model, digits);
  for (const { probabilities, probability, top } of seen) {
    const sum = probabilities.reduce((sum, each) => sum + each, 0);
    assert(Math.abs(sum - 1) < 1e-12);
    assertEquals(top.length, 3);
    assertEquals(probability, Math.max(...probabilities));
  }
  return seen.map(({ digit }) => digit);
}

Deno.test("an image of MNIST stays what it is", async () => {
  for (const row of [0, 1, 2, 3, 4]) {
    const digit = testDigit(row);
    const look = { scale: 1, paper: [0, 0, 0], ink: [1, 1, 1] } as const;
    const { image, isDark } = await readDigit(asPng(pictureOf(digit, look)));
    assertEquals(isDark, false);
    const apart = digit.map((value, at) => Math.abs(value - image.data[at]));
    const mean = apart.reduce((sum, value) => sum + value, 0) / 784;
    // Measured: at most 3.2 of 255. The full ink is made white.
    assert(mean < 6, `${row}: ${mean}`);
  }
});

const asymmetric = pictureOf(testDigit(0), { scale: 5, padding });

const encodings: Record<string, () => Uint8Array> = {
  "PNG of 8 bits of grey": () => asPng(asymmetric, 8),
  "PNG of 16 bits of grey": () => asPng(asymmetric, 16),
  "PNG with transparent paper": () =>
    asPng(withoutPaper(asymmetric, [0, 0, 0])),
  "PNG, light on transparent": () => asPng(withoutPaper(asymmetric, [1, 1, 1])),
  "PNG with a palette": () => asPalettePng(asymmetric),
  "PNG with a palette, in part transparent": () =>
    asPalettePng(asymmetric, { transparent: true }),
  "BMP of 24 bits": () => asBmp(asymmetric),
  "BMP of 24 bits from the top": () => asBmp(asymmetric, { fromTop: true }),
  "BMP of 32 bits": () => asBmp(asymmetric, { bits: 32 }),
  "BMP with a palette": () => asBmp(asymmetric, { bits: 8 }),
  "PGM of bytes": () => asPgm(asymmetric),
  "PGM of 16 bits": () => asPgm(asymmetric, { white: 65535 }),
  "PGM of text": () => asPgm(asymmetric, { text: true }),
  "JPEG of high quality": () => asJpeg(asymmetric, 98),
};
for (const [name, encode] of Object.entries(encodings)) {
  Deno.test(`${name} is the same picture`, async () => {
    const expected = await readDigit(asPng(asymmetric));
    assertNear(await readDigit(encode()), expected, 4 / 255);
  });
}

Deno.test("PNG of 1 bit, its rows no whole bytes", async () => {
  const look = { scale: 5, padding: [1, 0, 0, 0] } as const;
  const picture = pictureOf(testDigit(0), look);
  assertEquals(picture.width % 8, 1);
  const black = { ...picture, data: picture.data.map(Math.round) };
  const expected = await readDigit(asPng(black));
  assertNear(await readDigit(asPng(picture, 1)), expected, 1 / 255);
});

function assertNear(digit: Digit, expected: Digit, tolerance: number): void {
  const apart = digit.data.map((value, at) =>
    Math.abs(value - expected.data[at])
  );
  assert(Math.max(...expected.data) > 0.9);
  assert(Math.max(...apart) <= tolerance, `${Math.max(...apart) * 255} of 255`);
}

/**
 * Which side of what was seen the first row and the first column of the stored
 * image are, by orientation from 1: table 6 of the Exif standard 2.32.
 */
const sides = [
  ["top", "left"],
  ["top", "right"],
  ["bottom", "right"],
  ["bottom", "left"],
  ["left", "top"],
  ["right", "top"],
  ["right", "bottom"],
  ["left", "bottom"],
];
for (const [at, [firstRow, firstColumn]] of sides.entries()) {
  Deno.test(`a telephone's JPEG of orientation ${at + 1} is turned`, async () => {
    const file = asJpeg(stored(asymmetric, firstRow, firstColumn), 98);
    const turned = await readDigit(withOrientation(file, at + 1));
    assertNear(turned, await readDigit(asJpeg(asymmetric, 98)), 8 / 255);
  });
}

/** The picture as a camera stores it that was held another way. */
function stored(seen: Picture, firstRow: string, firstColumn: string): Picture {
  const sideways = firstRow === "left" || firstRow === "right";
  const [width, height] = sideways
    ? [seen.height, seen.width]
    : [seen.width, seen.height];
  const data = new Float64Array(seen.data.length);
  for (let pixel = 0; pixel < width * height; pixel++) {
    const [column, row] = [pixel % width, Math.floor(pixel / width)];
    const [along, down] = sideways ? [row, column] : [column, row];
    const x = [firstRow, firstColumn].includes("right")
      ? seen.width - 1 - along
      : along;
    const y = [firstRow, firstColumn].includes("bottom")
      ? seen.height - 1 - down
      : down;
    const from = (y * seen.width + x) * 3;
    data.set(seen.data.subarray(from, from + 3), pixel * 3);
  }
  return { width, height, channels: 3, data };
}

/** A JPEG with a camera's note: Exif with one tag. */
function withOrientation(jpeg: Uint8Array, orientation: number): Uint8Array {
  const exif = [
    ...[0x45, 0x78, 0x69, 0x66, 0, 0, 0x4d, 0x4d, 0, 42, 0, 0, 0, 8],
    ...[0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0],
  ];
  const marker = [0xff, 0xe1, 0, exif.length + 2];
  return Uint8Array.from([0xff, 0xd8, ...marker, ...exif, ...jpeg.subarray(2)]);
}

Deno.test("specks and what reaches in from the edge are no strokes", async () => {
  const look: Look = { scale: 5, padding };
  const picture = pictureOf(testDigit(0), look);
  const expected = await readDigit(asPng(picture));
  const { data, width } = picture;
  const darken = (x: number, y: number) =>
    data.fill(0, (y * width + x) * 3, (y * width + x) * 3 + 3);
  for (let step = 0; step < 9; step++) {
    darken(12 + step % 3, 200 + step / 3 | 0);
  }
  for (let x = 0; x < 40; x++) darken(x, 10), darken(x, 11);
  assertNear(await readDigit(asPng(picture)), expected, 1 / 255);
});

Deno.test("a fine pen's lines are made as wide as MNIST's", async () => {
  const [width, height] = [300, 400];
  const data = new Float64Array(width * height * 3).fill(1);
  for (let y = 50; y < 350; y++) {
    data.fill(0, (y * width + 150) * 3, (y * width + 152) * 3);
  }
  const { image } = await readDigit(
    asPng({ width, height, channels: 3, data }),
  );
  const row = image.data.subarray(14 * 28, 15 * 28);
  const width20 = row.reduce((sum, value) => sum + value, 0) / 255;
  assert(width20 > 1.5 && width20 < 3, `${width20} pixels`);
});
