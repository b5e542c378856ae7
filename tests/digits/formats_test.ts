import { assert, assertEquals, assertRejects } from "@std/assert";
import { FormatError } from "../../src/base/errors.ts";
import { decodeImage } from "../../src/digits/_decode_image.ts";
import { orientationOf } from "../../src/digits/_orientation.ts";
import { type Digit, readDigit } from "../../src/digits/mod.ts";
import { asBmp, asPng, pictureOf } from "./_pictures.ts";
import { testDigit } from "./_test_digits.ts";
import { channelsOf, writePngFile } from "./_write_png.ts";
import { needs } from "../permissions.ts";

needs(import.meta.url, "read");

const [width, height] = [13, 11];

/** Values that differ from pixel to pixel. */
function valuesOf(colour: number, depth: number): number[] {
  const count = width * height * channelsOf[colour];
  return Array.from({ length: count }, (_, at) => at * 40503 % 2 ** depth);
}

for (
  const [colour, depths] of [
    [0, [1, 2, 4, 8, 16]],
    [2, [8, 16]],
    [3, [1, 2, 4, 8]],
    [4, [8, 16]],
    [6, [8, 16]],
  ] as const
) {
  for (const depth of depths) {
    for (const isInterlaced of [false, true]) {
      const name = `PNG of colour ${colour}, ${depth} bits`;
      Deno.test(`${name}${isInterlaced ? ", interlaced" : ""}`, async () => {
        const values = valuesOf(colour, depth);
        const palette = Uint8Array.from({ length: 768 }, (_, at) => at * 7);
        const chunks: Record<string, Uint8Array> = colour === 3
          ? { PLTE: palette.subarray(0, 3 * 2 ** depth) }
          : {};
        const file = { width, height, depth, colour, values, chunks };
        const png = await decodeImage(
          writePngFile({ ...file, isInterlaced }),
          "made",
        );
        assertEquals([png.width, png.height], [width, height]);
        const expected = colour === 3
          ? values.flatMap((at) => [
            ...palette.subarray(at * 3, at * 3 + 3),
            255,
          ])
          : values;
        assertEquals([...png.data], expected);
        assertEquals(png.white, colour === 3 ? 255 : 2 ** depth - 1);
        const cut = writePngFile({ ...file, isInterlaced, missing: 1 });
        await assertRejects(
          () => decodeImage(cut, "cut"),
          FormatError,
          "cut: damaged or cut off PNG",
        );
      });
    }
  }
}

Deno.test("PNG whose grey of one value is transparent", async () => {
  const values = [0, 3, 1, 2];
  const chunks = { tRNS: new Uint8Array([0, 3]) };
  const file = { width: 2, height: 2, depth: 2, colour: 0, values, chunks };
  const { channels, data } = await decodeImage(writePngFile(file), "made");
  assertEquals([channels, ...data], [2, 0, 3, 3, 0, 1, 3, 2, 3]);
});

/** Exif with one tag, little-endian as PNG's writers have it. */
function exif(orientation: number): Uint8Array {
  return Uint8Array.from([
    ...[0x49, 0x49, 42, 0, 8, 0, 0, 0],
    ...[1, 0, 0x12, 0x01, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0, 0, 0, 0, 0],
  ]);
}

Deno.test("PNG is turned as its Exif chunk says", async () => {
  // Table 6 of the Exif standard 2.32, of the rows 1 2 3 and 4 5 6.
  const seen: Record<number, [width: number, values: number[]]> = {
    1: [3, [1, 2, 3, 4, 5, 6]],
    2: [3, [3, 2, 1, 6, 5, 4]],
    3: [3, [6, 5, 4, 3, 2, 1]],
    4: [3, [4, 5, 6, 1, 2, 3]],
    5: [2, [1, 4, 2, 5, 3, 6]],
    6: [2, [4, 1, 5, 2, 6, 3]],
    7: [2, [6, 3, 5, 2, 4, 1]],
    8: [2, [3, 6, 2, 5, 1, 4]],
  };
  for (const [orientation, [columns, expected]] of Object.entries(seen)) {
    assertEquals(orientationOf(exif(Number(orientation))), Number(orientation));
    for (const depth of [8, 16]) {
      const png = await decodeImage(
        writePngFile({
          ...{ width: 3, height: 2, depth, colour: 0 },
          values: [1, 2, 3, 4, 5, 6],
          chunks: { eXIf: exif(Number(orientation)) },
        }),
        "made",
      );
      assertEquals([png.width, ...png.data], [columns, ...expected]);
    }
  }
});

/** A BMP by hand: a header of 40 bytes, what follows it, then rows. */
function bmp(
  bits: number,
  [columns, rows]: readonly [number, number],
  { between = [], packing = 0, pixels }: {
    between?: readonly number[];
    packing?: number;
    pixels: readonly number[];
  },
): Uint8Array {
  const start = 54 + between.length;
  const file = new Uint8Array(start + pixels.length);
  const view = new DataView(file.buffer);
  file.set([0x42, 0x4d]);
  view.setUint32(10, start, true);
  view.setUint32(14, 40, true);
  view.setInt32(18, columns, true);
  view.setInt32(22, rows, true);
  view.setUint16(28, bits, true);
  view.setUint32(30, packing, true);
  file.set(between, 54);
  file.set(pixels, start);
  return file;
}

Deno.test("BMP of few bits, of 16 bits and with masks", async () => {
  const palette = Array.from({ length: 16 }, (_, at) => [at, 100, 200, 0]);
  const four = await decodeImage(
    bmp(4, [3, 1], {
      between: palette.flat(),
      pixels: [0x1f, 0x20, 0, 0],
    }),
    "made",
  );
  assertEquals([...four.data], [200, 100, 1, 200, 100, 15, 200, 100, 2]);
  const one = await decodeImage(
    bmp(1, [2, 2], {
      between: [0, 0, 0, 0, 255, 255, 255, 0],
      pixels: [0x80, 0, 0, 0, 0x40, 0, 0, 0],
    }),
    "made",
  );
  assertEquals([...one.data], [0, 0, 0, 255, 255, 255, 255, 255, 255, 0, 0, 0]);
  const plain = await decodeImage(
    bmp(16, [2, 1], { pixels: [0x1f, 0, 0, 0x7c] }),
    "made",
  );
  assertEquals([...plain.data], [0, 0, 255, 255, 0, 0]);
  const masks = [0, 0xf8, 0, 0, 0xe0, 0x07, 0, 0, 0x1f, 0, 0, 0];
  const masked = await decodeImage(
    bmp(16, [2, 1], {
      ...{ between: masks, packing: 3, pixels: [0xe0, 0x07, 0, 0xf8] },
    }),
    "made",
  );
  assertEquals([...masked.data], [0, 255, 0, 255, 0, 0]);
});

Deno.test("BMP's pixels begin where its header says", async () => {
  const digit = pictureOf(testDigit(0), { scale: 3 });
  for (const bits of [8, 24] as const) {
    const file = asBmp(digit, { bits });
    const view = new DataView(file.buffer);
    const start = view.getUint32(10, true);
    view.setUint32(10, start + 60, true);
    const gap = new Uint8Array(file.length + 60).fill(77);
    gap.set(file.subarray(0, start));
    gap.set(file.subarray(start), start + 60);
    view.setUint32(10, start, true);
    assertSame(await readDigit(gap), await readDigit(file));
  }
});

Deno.test("BMP that is compressed inside says so", async () => {
  const file = bmp(8, [1, 1], {
    ...{ packing: 1, between: new Array(1024).fill(0), pixels: [1, 0, 0, 1] },
  });
  await assertRejects(() => readDigit(file), FormatError, "compressed inside");
});

function assertSame(digit: Digit, expected: Digit): void {
  assertEquals(digit.image.data, expected.image.data);
}

Deno.test("colours of one brightness are told apart", async () => {
  const look = { scale: 4, padding: [9, 4, 9, 9] } as const;
  const expected = await readDigit(asPng(pictureOf(testDigit(0), look)));
  const pairs = [
    [[0.16, 0.55, 0.16], [0.9, 0.16, 0.16]],
    [[1, 1, 1], [1, 1, 0.2]],
    [[0.5, 0.5, 0.5], [0.5, 0.3, 1]],
  ] as const;
  for (const [paper, ink] of pairs) {
    const picture = pictureOf(testDigit(0), { ...look, paper, ink });
    const digit = await readDigit(asPng(picture));
    const apart = digit.data.map((value, at) =>
      Math.abs(value - expected.data[at])
    );
    assert(Math.max(...apart) < 12 / 255, `${Math.max(...apart) * 255} of 255`);
  }
});

/** A file of `tests/golden`. */
const golden = (name: string) =>
  Deno.readFile(new URL(`../golden/${name}`, import.meta.url));

for (
  const [file, format] of [
    ["nine.gif", "GIF"],
    ["nine.webp", "WebP"],
    ["nine_lossless.webp", "WebP"],
    ["one.avif", "AVIF"],
  ]
) {
  Deno.test(`${file} is read, cut off it is refused`, async () => {
    const bytes = await golden(file);
    const digit = await readDigit(bytes);
    assertEquals(digit.isDark, true);
    assert(digit.data[14 * 28 + 14] > 0.5 || format !== "AVIF");
    for (const length of [18, 40, 0.6 * bytes.length]) {
      await assertRejects(
        () => readDigit(bytes.subarray(0, length), "cut"),
        FormatError,
        `cut: damaged or cut off ${format}`,
      );
    }
  });
}

Deno.test("what cannot be read is named", async () => {
  const named = {
    "\0\0\0\x18ftypheic": "HEIC",
    "II*\0": "TIFF",
    "%PDF-1.7": "PDF",
    "P6 1 1 255 ": "PPM",
  };
  for (const [begin, name] of Object.entries(named)) {
    await assertRejects(
      () => readDigit(new TextEncoder().encode(begin), "my"),
      FormatError,
      `PNG, JPEG, BMP, PGM, GIF, WebP or AVIF, got ${name}. Help: Save it as`,
    );
  }
});
