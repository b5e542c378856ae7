import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { type IdxArray, readIdx, writeIdx } from "../../src/formats/idx.ts";
import { FormatError } from "../../src/base/errors.ts";
import { gzip } from "./_fixtures.ts";

/** Bytes as one writes them on paper, so that no writer is trusted. */
function bytes(hexadecimal: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.fromHex(hexadecimal.replaceAll(" ", ""));
}

const FILES: { file: string; array: IdxArray }[] = [
  {
    file: "00000802 00000002 00000003 000102fdfeff",
    array: {
      dtype: "u8",
      shape: [2, 3],
      data: new Uint8Array([0, 1, 2, 253, 254, 255]),
    },
  },
  {
    file: "00000901 00000004 007f80ff",
    array: { dtype: "i8", shape: [4], data: new Int8Array([0, 127, -128, -1]) },
  },
  {
    file: "00000b01 00000003 0102 8000 fffe",
    array: {
      dtype: "i16",
      shape: [3],
      data: new Int16Array([258, -32768, -2]),
    },
  },
  {
    file: "00000c03 00000001 00000002 00000001 01020304 fffffffe",
    array: {
      dtype: "i32",
      shape: [1, 2, 1],
      data: new Int32Array([0x01020304, -2]),
    },
  },
  {
    file: "00000d01 00000003 3f800000 c0490fdb 7f800000",
    array: {
      dtype: "f32",
      shape: [3],
      data: new Float32Array([1, -Math.fround(Math.PI), Infinity]),
    },
  },
  {
    file: "00000e01 00000002 3ff8000000000000 400921fb54442d18",
    array: { dtype: "f64", shape: [2], data: new Float64Array([1.5, Math.PI]) },
  },
];

for (const { file, array } of FILES) {
  Deno.test(`readIdx reads ${array.dtype}, raw and packed`, async () => {
    assertEquals(await readIdx(bytes(file)), array);
    assertEquals(await readIdx(await gzip(bytes(file))), array);
  });

  Deno.test(`writeIdx writes ${array.dtype}`, () => {
    assertEquals(writeIdx(array), bytes(file));
  });
}

Deno.test("readIdx reads elements that lie anywhere in memory", async () => {
  for (const { file, array } of FILES) {
    const memory = new Uint8Array([9, ...bytes(file), 9]);
    assertEquals(await readIdx(memory.subarray(1, -1)), array);
  }
});

Deno.test("readIdx does not copy bytes", async () => {
  const file = bytes(FILES[0].file);
  const { data } = await readIdx(file);
  assertStrictEquals(data.buffer, file.buffer);
});

Deno.test("writeIdx takes a part of a larger array", () => {
  const data = new Int16Array([1, 258, -2, 4]).subarray(1, 3);
  assertEquals(
    writeIdx({ dtype: "i16", shape: [2], data }),
    bytes("00000b01 00000002 0102 fffe"),
  );
});

Deno.test("readIdx reads arrays without elements, and of rank 255", async () => {
  const empty = await readIdx(bytes("00000d02 00000000 ffffffff"));
  assertEquals(empty.shape, [0, 2 ** 32 - 1]);
  assertEquals(empty.data.length, 0);
  const shape = new Array(255).fill(1);
  const one = writeIdx({ dtype: "u8", shape, data: new Uint8Array([5]) });
  assertEquals((await readIdx(one)).shape, shape);
});

const DAMAGED: [what: string, file: string, message: string][] = [
  [
    "an empty file",
    "",
    "labels.idx: not an IDX file: expected the bytes 00 00, then a type 08, 09, 0b, 0c, 0d or 0e, got an empty file. Help: ",
  ],
  [
    "a wrong magic number",
    "504b0304",
    "a type 08, 09, 0b, 0c, 0d or 0e, got 50 4b 03.",
  ],
  ["an unknown element type", "00000a01 00000000", "got 00 00 0a."],
  ["a magic number cut short", "0000", "got 00 00."],
  [
    "rank 0",
    "00000800 07",
    "labels.idx: rank of the array: expected 1 to 255, got 0.",
  ],
  [
    "no rank",
    "000008",
    "labels.idx: rank of the array: expected 1 to 255, got 0.",
  ],
  [
    "a header cut short",
    "00000803 00000001 00000001",
    "labels.idx: header: expected 16 bytes for rank 3, got 12 bytes.",
  ],
  [
    "elements cut short",
    "00000b02 00000002 00000003 00112233",
    "labels.idx: elements: expected 12 bytes for i16 [2, 3], got 4 bytes.",
  ],
  [
    "bytes after the elements",
    "00000801 00000001 07 00",
    "labels.idx: elements: expected 1 bytes for u8 [1], got 2 bytes.",
  ],
  [
    "sizes whose product is 0 in 32 bits",
    "00000802 00010000 00010000",
    "expected 4294967296 bytes for u8 [65536, 65536], got 0 bytes.",
  ],
  [
    "sizes whose product is 0 in 64 bits",
    "00000804 00010000 00010000 00010000 00010000",
    "over 2^53 bytes for u8 [65536, 65536, 65536, 65536], got 0 bytes.",
  ],
];

for (const [what, file, message] of DAMAGED) {
  Deno.test(`readIdx refuses ${what}`, async () => {
    const error = await assertRejects(
      () => readIdx(bytes(file), "labels.idx"),
      FormatError,
      message,
    );
    assertMatch(error.message, /^labels\.idx: [^\n]+\. Help: [^\n]+\.$/);
  });
}

Deno.test("readIdx refuses a packed file that is cut short, damaged or followed by more", async () => {
  const array = new Uint8Array(1000).map((_, i) => (i * i) % 251);
  const whole = await gzip(
    writeIdx({ dtype: "u8", shape: [1000], data: array }),
  );
  const damaged = whole.slice();
  damaged[whole.length >> 1] ^= 0xff;
  const longer = new Uint8Array([...whole, 1, 2, 3]);
  for (const file of [whole.subarray(0, -9), damaged, longer]) {
    const error = await assertRejects(
      () => readIdx(file, "labels.idx.gz"),
      FormatError,
      "labels.idx.gz: expected a whole gzip file, got ",
    );
    assert(!error.message.includes("\n"));
  }
});

Deno.test("writeIdx refuses a shape that is not the data's", () => {
  const data = new Uint8Array(6);
  for (
    const shape of [[5], [], [2, 3.5], [-2, -3], [6, ...new Array(255).fill(1)]]
  ) {
    assertThrows(
      () => writeIdx({ dtype: "u8", shape, data }),
      RangeError,
      "writeIdx: shape: expected 1 to 255 sizes below 2^32 with a product of 6, got [",
    );
  }
});
