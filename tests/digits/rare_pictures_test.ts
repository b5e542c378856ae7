/** Pictures as few programs write them, and drawings that few people make. */
import { assertEquals, assertRejects } from "@std/assert";
import { FormatError } from "../../src/base/errors.ts";
import { CpuDevice } from "../../src/devices/cpu/cpu_device.ts";
import { decodeImage } from "../../src/digits/_decode_image.ts";
import { digitsOfInk } from "../../src/digits/digit_of.ts";
import { encodePng, readDigits } from "../../src/digits/mod.ts";
import { areDigits } from "../../src/digits/predict_digits.ts";
import { lookTurned } from "../../src/digits/turned.ts";

const ascii = (text: string) => [...new TextEncoder().encode(text)];

/** Numbers of 16 bits as bytes, the lower first. */
const words = (...values: readonly number[]) =>
  values.flatMap((value) => [value & 255, value >> 8]);

Deno.test("BMP of before Windows 3: short sizes, colours of three bytes", async () => {
  const file = Uint8Array.of(
    ...[...ascii("BM"), ...words(0, 0, 0, 0), ...words(32, 0)],
    ...[...words(12, 0), ...words(3, 2, 1, 1)],
    // Blue, green and red of black and of a colour; the lowest row first.
    ...[0, 0, 0, 10, 20, 30, 0b01000000, 0, 0, 0, 0b10100000, 0, 0, 0],
  );
  const { channels, data, height, width } = await decodeImage(file, "a");
  assertEquals([width, height, channels], [3, 2, 3]);
  const [dark, light] = [[0, 0, 0], [30, 20, 10]];
  assertEquals([...data], [light, dark, light, dark, light, dark].flat());
});

Deno.test("BMP of 32 bits with masks of its own in a header of Windows 95", async () => {
  const sizes = [...words(1, 0), ...words(0xffff, 0xffff), ...words(1, 32)];
  const bytes = [
    ...[...ascii("BM"), ...words(0, 0, 0, 0), ...words(122, 0)],
    ...[...words(108, 0), ...sizes, ...words(3, 0), ...Array(20).fill(0)],
    // Red, green, blue and alpha, from the lowest byte.
    ...[255, 0, 0, 0, 0, 255, 0, 0, 0, 0, 255, 0, 0, 0, 0, 255],
  ];
  const pixel = [1, 2, 3, 128];
  const file = Uint8Array.from(
    [...bytes, ...Array(122 - bytes.length).fill(0), ...pixel],
  );
  const { channels, data } = await decodeImage(file, "a");
  assertEquals([channels, ...data], [4, ...pixel]);
});

const riff = [...ascii("RIFF"), 0, 0, 0, 0, ...ascii("WEBPVP8X"), 10, 0, 0, 0];

const unread: readonly [name: string, bytes: readonly number[], RegExp][] = [
  [
    "a WebP whose extended header says 16384 × 8193",
    [...riff, 0, 0, 0, 0, 255, 63, 0, 0, 32, 0],
    /^a: expected 1 pixel to 64 million, got 16384 × 8193\. Help: Make/,
  ],
  [
    "an AVIF without a size",
    [0, 0, 0, 8, ...ascii("ftypavif"), ...Array(40).fill(1)],
    /^a: damaged or cut off AVIF: got it has no size\. Help: /,
  ],
  [
    "a JPEG of notes alone",
    [0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2, 0xff, 0xd9],
    /^a: damaged or cut off JPEG: got it has no size\. Help: /,
  ],
  [
    "a JPEG with something between its parts",
    [0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2, 3, 4, 5, 6, 7, 8],
    /^a: damaged or cut off JPEG: got no marker where one must be\. Help: /,
  ],
];
for (const [name, bytes, message] of unread) {
  Deno.test(`refused: ${name}`, async () => {
    const { message: got } = await assertRejects(
      () => decodeImage(Uint8Array.from(bytes), "a"),
      FormatError,
    );
    assertEquals(message.test(got), true, got);
  });
}

/** Rectangles of ink. */
type Box = readonly [left: number, top: number, right: number, bottom: number];

/** Ink on 100 × 100 pixels, 0 or 1. */
function inkOf(...boxes: readonly Box[]) {
  const data = new Float32Array(100 * 100);
  for (const [left, top, right, bottom] of boxes) {
    for (let row = top; row < bottom; row++) {
      data.fill(1, row * 100 + left, row * 100 + right);
    }
  }
  return { width: 100, height: 100, data };
}

async function readInk(...boxes: readonly Box[]) {
  const { data, height, width } = inkOf(...boxes);
  const paper = Uint8Array.from(data, (value) => 255 - 255 * value);
  return await readDigits(await encodePng({ width, height, data: paper }), "a");
}

Deno.test("digits of known ink are those of the same picture", async () => {
  assertEquals(digitsOfInk(inkOf()), []);
  const strokes: Box[] = [[20, 20, 28, 80], [60, 20, 68, 80]];
  const found = digitsOfInk(inkOf(...strokes));
  const read = await readInk(...strokes);
  assertEquals(found.map(({ box }) => box), read.map(({ box }) => box));
  assertEquals(found.map(({ box }) => box.left), [20, 60]);
  for (const { isDark, shape } of found) {
    assertEquals([isDark, shape], [true, [1, 28, 28]]);
  }
});

/** Four sides of a box, two pixels thick. */
const frame: readonly Box[] = [
  [10, 10, 90, 12],
  [10, 88, 90, 90],
  [10, 10, 12, 90],
  [88, 10, 90, 90],
];

Deno.test("a box around a digit is none of it, and a box alone is no digit", async () => {
  const [alone] = await readInk([46, 30, 54, 70]);
  const [within, ...others] = await readInk(...frame, [46, 30, 54, 70]);
  assertEquals(others, []);
  assertEquals(within.box, alone.box);
  const { message } = await assertRejects(() => readInk(...frame), FormatError);
  assertEquals(/got nothing that stands out/.test(message), true, message);
});

Deno.test("of other classes than digits all that is seen is taken", async () => {
  using device = CpuDevice.open({ threads: 1 });
  const blank = { data: new Float32Array(784), strokeLength: 1e6 };
  const tenth = Array(10).fill(0.1);
  const see = (all: number[], names?: readonly string[]) =>
    areDigits(device, [blank], [all], names);
  assertEquals(await see(tenth), [false]);
  assertEquals(await see(tenth, [..."0123456789"]), [false]);
  assertEquals(await see(tenth, [..."abcdefghij"]), [true]);
  assertEquals(await see(Array(26).fill(1 / 26)), [true]);
  assertEquals(await areDigits(device, [], []), []);
});

Deno.test("nothing stays nothing, however it is turned", async () => {
  const seen: Float32Array[] = [];
  const unsure = Array(10).fill(0.1);
  await lookTurned([new Float32Array(784)], (images) => {
    seen.push(...images);
    return Promise.resolve(images.map(() => unsure));
  });
  assertEquals(seen.length, 5);
  for (const image of seen) assertEquals(image, new Float32Array(784));
});
