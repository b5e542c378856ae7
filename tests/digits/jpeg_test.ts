import { assert, assertEquals, assertRejects } from "@std/assert";
import { FormatError } from "../../src/base/errors.ts";
import { setOffline } from "../../src/base/offline.ts";
import { decodeImage } from "../../src/digits/_decode_image.ts";
import { decodeMozjpeg } from "../../src/digits/_decode_mozjpeg.ts";
import { progressive } from "../fuzz/hostile_bytes.ts";
import { isPermitted, needs } from "../permissions.ts";

needs(import.meta.url, "read");

/** Files that Pillow wrote, of 40 × 24 pixels: `generate_jpeg.py`. */
const names = ["progressive", "few_colours", "grey", "ink"] as const;
const files = new Map<string, Uint8Array>();
for (const name of isPermitted("read") ? names : []) {
  const url = new URL(`../golden/${name}.jpg`, import.meta.url);
  files.set(name, await Deno.readFile(url));
}
const file = (name: typeof names[number]) => files.get(name)!;

const luma = ([red, green, blue]: ArrayLike<number> & Iterable<number>) =>
  0.299 * red + 0.587 * green + 0.114 * blue;

/** The colours that the pictures were made of, by column and row. */
const colourAt = (x: number, y: number) => [6 * x, 10 * y, 2 * x + 5 * y];

/** How far a picture is from what it was made of, at most. */
async function distance(name: typeof names[number], isLumaAlone: boolean) {
  const pixels = await decodeImage(file(name), name);
  const { channels, data, height, width } = pixels;
  assertEquals({ channels, height, width }, {
    channels: 3,
    height: 24,
    width: 40,
  });
  assertEquals(data.length, 24 * 40 * 3);
  let most = 0;
  for (let at = 0; at < width * height; at++) {
    const expected = colourAt(at % width, Math.floor(at / width));
    const got = data.subarray(3 * at, 3 * at + 3);
    const apart = isLumaAlone
      ? [luma(got) - luma(expected)]
      : expected.map((value, channel) => value - got[channel]);
    most = Math.max(most, ...apart.map(Math.abs));
  }
  return most;
}

/** What a picture of 95 of 100 may lose: steps of a colour, or of brightness. */
const losses = {
  progressive: [8, false],
  few_colours: [8, true],
  grey: [4, true],
  ink: [8, false],
} as const;

for (const name of names) {
  const [steps, isLumaAlone] = losses[name];
  Deno.test(`JPEG: ${name}.jpg has the colours that it was made of`, async () => {
    const most = await distance(name, isLumaAlone);
    assert(most <= steps, `${most} steps`);
  });
  Deno.test({
    name: `JPEG: ${name}.jpg has them without permission to read files too`,
    permissions: { read: false },
    fn: async () => {
      assertEquals(await decodeMozjpeg(file(name)), null);
      const most = await distance(name, isLumaAlone);
      assert(most <= steps, `${most} steps`);
    },
  });
}

Deno.test("JPEG: by libjpeg where it is there, but for ink", async () => {
  assertEquals((await decodeMozjpeg(file("grey")))?.width, 40);
  assertEquals(await decodeMozjpeg(file("ink")), null);
  setOffline(true);
  try {
    assertEquals((await decodeMozjpeg(file("grey")))?.width, 40);
  } finally {
    setOffline(false);
  }
});

Deno.test("JPEG: cut anywhere it is refused, and the next one is read", async () => {
  const whole = file("progressive");
  const expected = await decodeImage(whole, "whole");
  // Only the marker of its end, without which all pixels are there, is not missed.
  for (let length = 3; length < whole.length - 2; length += 40) {
    const error = await assertRejects(
      () => decodeImage(whole.subarray(0, length), "cut.jpg"),
      FormatError,
      "cut.jpg: damaged or cut off JPEG",
    );
    assert(error.message.includes("Help: Give a whole PNG, JPEG"));
    assertEquals(await decodeImage(whole, "whole"), expected);
  }
});

Deno.test("JPEG: where libjpeg would warn and make up pixels it is refused", async () => {
  const damaged = file("few_colours").slice();
  // Markers that are none, in the middle of the pixels.
  damaged.set([0xff, 0x33, 0xff, 0x33], damaged.length - 60);
  await assertRejects(
    () => decodeImage(damaged, "b.jpg"),
    FormatError,
    "b.jpg: damaged or cut off JPEG",
  );
});

/** A copy whose frame, of Huffman codes, has other bytes from one on. */
function withFrame(bytes: Uint8Array, at: number, ...other: number[]) {
  const changed = bytes.slice();
  const frame = changed.findIndex((byte, place) =>
    byte === 0xff && [0xc0, 0xc2].includes(changed[place + 1])
  );
  changed.set(other, frame + at);
  return changed;
}

for (const read of [true, false]) {
  const permissions = { read };
  const by = read ? "by libjpeg" : "by the decoder in JavaScript";
  Deno.test({
    name: `JPEG: more than a hundred scans are refused ${by}`,
    permissions,
    fn: async () => {
      const most = await decodeImage(progressive(16, 16, 100), "a");
      assertEquals(most.width, 16);
      await assertRejects(
        () => decodeImage(progressive(16, 16, 101), "a"),
        FormatError,
        "a: damaged or cut off JPEG: got 101 scans",
      );
    },
  });
  Deno.test({
    name: `JPEG: samples that are not of 8 bits are refused ${by}`,
    permissions,
    fn: async () => {
      for (const name of names) {
        for (const bits of [2, 12, 16]) {
          await assertRejects(
            () => decodeImage(withFrame(file(name), 4, bits), name),
            FormatError,
            `${name}: damaged or cut off JPEG: got samples of ${bits} bits`,
          );
        }
      }
    },
  });
}

Deno.test("JPEG: bytes of 0xff may fill, and notes may come before", async () => {
  const whole = file("grey");
  const filled = Uint8Array.of(
    ...[0xff, 0xd8, 0xff, 0xff, 0xff, 0xe1, 0, 4, 1, 2],
    ...whole.subarray(2),
  );
  assertEquals(await decodeImage(filled, "a"), await decodeImage(whole, "a"));
});
