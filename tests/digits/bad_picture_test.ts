import { assertMatch, assertRejects } from "@std/assert";
import { FormatError } from "../../src/base/errors.ts";
import { readDigit } from "../../src/digits/mod.ts";
import {
  asBmp,
  asJpeg,
  asPgm,
  asPng,
  type Look,
  type Picture,
  pictureOf,
} from "./_pictures.ts";
import { testDigit } from "./_test_digits.ts";
import { needs } from "../permissions.ts";

needs(import.meta.url, "read");

const blank: Look = { paper: [0.5, 0.5, 0.5], ink: [0.5, 0.5, 0.5], scale: 3 };
const whole = asPng(pictureOf(testDigit(0)));
const wrong: [name: string, bytes: () => Uint8Array, message: RegExp][] = [
  [
    "no image",
    () => new TextEncoder().encode("hello, world"),
    /expected an image: PNG, .* or AVIF, got something else\. H/,
  ],
  ["an empty file", () => new Uint8Array(), /got an empty file/],
  [
    "another format",
    () => new TextEncoder().encode("%PDF-1.7"),
    /got PDF\. Help: Save it as PNG/,
  ],
  [
    "one colour",
    () => asPng(pictureOf(testDigit(0), blank)),
    /got nothing that stands out/,
  ],
  [
    "one pixel",
    () => asPng({ ...blankPicture(1, 1) }),
    /got nothing that stands out/,
  ],
  [
    "noise",
    () => asPng(pictureOf(testDigit(0), { ...blank, noise: 0.1 })),
    /got nothing that stands out/,
  ],
  [
    "huge dimensions",
    () => {
      const bytes = whole.slice();
      new DataView(bytes.buffer).setUint32(16, 100_000);
      new DataView(bytes.buffer).setUint32(20, 100_000);
      return bytes;
    },
    /expected 1 pixel to 64 million, got 100000 × 100000\. Help/,
  ],
  [
    "a flipped bit of a checksum",
    () => whole.map((byte, at) => at === 30 ? byte ^ 1 : byte),
    /damaged or cut off PNG/,
  ],
  ["a huge BMP", () => hugeBmp(), /64 million, got 70000 × 70000/],
  [
    "a huge JPEG",
    () => {
      const bytes = asJpeg(pictureOf(testDigit(0)));
      const frame = bytes.findIndex((byte, at) =>
        byte === 0xff && bytes[at + 1] === 0xc0
      );
      bytes.set([0xff, 0xff, 0xff, 0xff], frame + 5);
      return bytes;
    },
    /64 million, got 65535 × 65535/,
  ],
];

function blankPicture(width: number, height: number): Picture {
  return {
    ...{ width, height, channels: 3 },
    data: new Float64Array(width * height * 3),
  };
}

function hugeBmp(): Uint8Array {
  const bytes = asBmp(pictureOf(testDigit(0)));
  new DataView(bytes.buffer).setInt32(18, 70_000, true);
  new DataView(bytes.buffer).setInt32(22, -70_000, true);
  return bytes;
}

for (const [name, bytes, message] of wrong) {
  Deno.test(`${name} is refused in one line`, async () => {
    const error = await assertRejects(
      () => readDigit(bytes(), "my.png"),
      FormatError,
    );
    assertMatch(error.message, message);
    assertMatch(error.message, /^my\.png[^\n]*\. Help: [^\n]*$/);
  });
}

const cutOff: Record<string, Uint8Array> = {
  PNG: whole,
  JPEG: asJpeg(pictureOf(testDigit(0), { scale: 3 })),
  BMP: asBmp(pictureOf(testDigit(0), { scale: 2 })),
  PGM: asPgm(pictureOf(testDigit(0), { scale: 2 })),
};
for (const [format, bytes] of Object.entries(cutOff)) {
  Deno.test(`${format} that is cut off is refused`, async () => {
    const lengths = [3, 10, 20, 40, 100, 0.3 * bytes.length, bytes.length - 20];
    for (const length of lengths) {
      const error = await assertRejects(
        () => readDigit(bytes.subarray(0, length), "cut"),
        FormatError,
        undefined,
        `${length} bytes of ${format}`,
      );
      assertMatch(error.message, /^cut: (damaged|expected)[^\n]* Help: /);
    }
  });
}
