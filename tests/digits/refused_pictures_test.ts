/** Pictures that are refused, each for its own reason. */
import { assertEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { deflateSync } from "node:zlib";
import { FormatError } from "../../src/base/errors.ts";
import { decodeImage } from "../../src/digits/_decode_image.ts";
import { orientationOf } from "../../src/digits/_orientation.ts";
import {
  drawAscii,
  encodePng,
  type GrayImage,
  readDigit,
  readDigits,
  writePng,
} from "../../src/digits/mod.ts";
import { pngFile } from "../fuzz/hostile_bytes.ts";
import { testWith } from "../permissions.ts";
import { temporaryFolder } from "../temporary_folder.ts";
import { asBmp } from "./_pictures.ts";

const ascii = (text: string) => new TextEncoder().encode(text);

/** The header of a PNG of 2 × 1 pixels. */
const header = (...kind: readonly number[]) =>
  Uint8Array.of(0, 0, 0, 2, 0, 0, 0, 1, ...kind, 0, 0, 0);

const end = ["IEND", new Uint8Array()] as const;

/** A PNG of one row, which starts with its filter. */
const rowPng = (kind: readonly number[], row: readonly number[]) =>
  pngFile([
    ["IHDR", header(...kind)],
    ["IDAT", deflateSync(Uint8Array.from(row))],
    end,
  ]);

/** A BMP whose header has another number of 16 bits at a place. */
function changedBmp(at: number, value: number): Uint8Array {
  const data = new Float64Array(2 * 2 * 3);
  const bytes = asBmp({ width: 2, height: 2, channels: 3, data });
  new DataView(bytes.buffer, bytes.byteOffset).setUint16(at, value, true);
  return bytes;
}

/** A GIF of 1 × 1 pixel of two colours: its codes have so many bits. */
const gif = (bits: number, ...before: readonly number[]) =>
  Uint8Array.of(
    ...[...ascii("GIF89a"), 1, 0, 1, 0, 0x80, 0, 0, 0, 0, 0, 255, 255, 255],
    ...[...before, 0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, bits, 2, 0x44, 1, 0, 0x3b],
  );

const refused: readonly [name: string, bytes: Uint8Array, got: string][] = [
  [
    "a PNG that begins with its pixels",
    pngFile([["IDAT", header(8, 0)], ["IHDR", header(8, 0)], end]),
    "PNG: got it begins with IDAT",
  ],
  [
    "a PNG with a longer header",
    pngFile([["IHDR", Uint8Array.of(...header(8, 0), 0)], end]),
    "PNG: got a header of 14 bytes",
  ],
  [
    "a PNG of 16 bits with a palette",
    rowPng([16, 3], [0, 0, 0, 0, 0]),
    "PNG: got colour of type 3 with 16 bits",
  ],
  [
    "a PNG of too few pixels",
    rowPng([8, 0], [0, 7]),
    "PNG: got 2 bytes of 3 are there",
  ],
  ["a filter that is none", rowPng([8, 0], [5, 7, 7]), "PNG: got a filter 5"],
  [
    "a PNG without its palette",
    rowPng([8, 3], [0, 0, 0]),
    "PNG: got it has no palette",
  ],
  [
    "a colour beyond a palette",
    pngFile([
      ["IHDR", header(8, 3)],
      ["PLTE", Uint8Array.of(0, 0, 0)],
      ["IDAT", deflateSync(Uint8Array.of(0, 0, 1))],
      end,
    ]),
    "PNG: got no colour 1",
  ],
  ["a BMP of two bits", changedBmp(28, 2), "BMP: got 2 bits"],
  [
    "a BMP that a JPEG is in",
    changedBmp(30, 4),
    "BMP: got compressed inside, which is not read",
  ],
  [
    "a PGM without its height",
    ascii("P5 2\n"),
    "PGM: got no width, height and white value",
  ],
  ["a PGM without white", ascii("P5 1 1 0\n0"), "PGM: got white value 0"],
  ["a PGM of few bytes", ascii("P5 2 2 255\nabc"), "PGM: got 3 bytes of 4"],
  [
    "a number above white",
    ascii("P2 2 1 9\n9 10"),
    "PGM: got not 2 numbers from 0 to 9",
  ],
  [
    "a word among numbers",
    ascii("P2 2 1 9\n9 x"),
    "PGM: got not 2 numbers from 0 to 9",
  ],
  [
    "a number too many",
    ascii("P2 2 1 9\n9 8 7"),
    "PGM: got not 2 numbers from 0 to 9",
  ],
  ["codes of nine bits", gif(9), "GIF: got codes of 9 bits"],
  [
    "a GIF of notes alone",
    gif(2).with(19, 0x3b),
    "GIF: got bytes that cannot be decoded",
  ],
];

for (const [name, bytes, got] of refused) {
  Deno.test(`refused: ${name}`, async () => {
    await assertRejects(
      () => decodeImage(bytes, "a"),
      FormatError,
      `a: damaged or cut off ${got}. Help: Give a whole PNG, JPEG`,
    );
  });
}

Deno.test("a GIF may say before its picture what is transparent, and comment it", async () => {
  const plain = await decodeImage(gif(2), "a");
  assertEquals([plain.width, plain.height], [1, 1]);
  assertEquals([...plain.data], [0, 0, 0, 255]);
  const comment = [0x21, 0xfe, 2, 104, 105, 0];
  const control = [0x21, 0xf9, 4, 1, 0, 0, 0, 0];
  assertEquals(await decodeImage(gif(2, ...comment), "a"), plain);
  const { data } = await decodeImage(gif(2, ...comment, ...control), "a");
  assertEquals(data[3], 0);
});

Deno.test("an Exif that says nothing of it, or what cannot be, turns nothing", () => {
  const exif = (tag: number, value: number) =>
    Uint8Array.of(
      ...[0x49, 0x49, 42, 0, 8, 0, 0, 0, 1, 0],
      ...[tag & 255, tag >> 8, 3, 0, 1, 0, 0, 0, value, 0, 0, 0],
    );
  assertEquals(orientationOf(exif(0x112, 6)), 6);
  assertEquals(orientationOf(exif(0x112, 9)), 1);
  assertEquals(orientationOf(exif(0x112, 0)), 1);
  assertEquals(orientationOf(exif(0x111, 6)), 1);
  assertEquals(orientationOf(exif(0x112, 6).subarray(0, 20)), 1);
  assertEquals(orientationOf(exif(0x112, 6).subarray(0, 9)), 1);
  assertEquals(orientationOf(new Uint8Array()), 1);
});

/** White paper of 90 × 100 pixels with upright strokes. */
function strokes(...columns: readonly number[]): GrayImage {
  const data = new Uint8Array(100 * 90).fill(255);
  for (let row = 20; row < 80; row++) {
    for (const column of columns) {
      data.fill(0, row * 90 + column, row * 90 + column + 8);
    }
  }
  return { width: 90, height: 100, data };
}

testWith("read", "write")(
  "a file of one digit is read by its name, one of two is not",
  async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, "a.png");
    await writePng(path, strokes(40));
    assertEquals(
      await readDigit(path),
      await readDigit(await encodePng(strokes(40))),
    );
    await writePng(path, strokes(20, 60));
    assertEquals((await readDigits(path)).length, 2);
    await assertRejects(
      () => readDigit(path),
      FormatError,
      `${path}: expected one digit, got 2. Help: Read them all by readDigits.`,
    );
  },
);

Deno.test("drawAscii has ten shades, each pixel two characters wide", () => {
  const data = Uint8Array.from({ length: 10 }, (_, at) => at * 255 / 9);
  assertEquals(
    drawAscii({ width: 5, height: 2, data }),
    "  ..::--==\n++**##%%@@",
  );
});
