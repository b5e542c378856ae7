/**
 * What `deno task fuzz` found, as small as it got, and what `deno task
 * differential` found: files that are refused because no reader would know their
 * content.
 */
import { deflateSync } from "node:zlib";
import { assertRejects } from "@std/assert";
import { FormatError } from "../../src/base/errors.ts";
import { csvLayout, readCsv } from "../../src/data/folder/csv.ts";
import { decodeImage } from "../../src/digits/decode.ts";
import { pickleTensor } from "../../src/formats/_pickle_tensor.ts";
import { PickleWriter } from "../../src/formats/_pickle_writer.ts";
import { decodeWeights, encodePyTorch } from "../../src/formats/mod.ts";
import { openZip, writeZip } from "../../src/formats/_zip.ts";
import { bytesSource } from "../../src/formats/_source.ts";
import { asBmp } from "../digits/_pictures.ts";
import { temporaryFolder } from "../temporary_folder.ts";
import { testWith } from "../permissions.ts";
import { concat, gif, legacy, npy, pngFile, text } from "./hostile_bytes.ts";

/** The file is refused with a part of a message. */
async function refused(
  read: () => Promise<unknown>,
  part: string,
): Promise<void> {
  await assertRejects(read, FormatError, part);
}

Deno.test("a PNG whose header is cut short is refused in our own words", async () => {
  const file = pngFile([
    ["IHDR", Uint8Array.of(0, 0, 0, 1, 0, 0, 0, 1, 8)],
    ["IEND", new Uint8Array()],
  ]);
  const part = "got a header of 9 bytes. Help: ";
  await refused(() => decodeImage(file, "a.png"), part);
});

/** A GIF of four pixels whose codes are these 16 bits, the lowest first. */
function gifOf(codes: number): Uint8Array {
  const file = gif(2, 2, 1);
  const end = file.length - 1;
  file.set([2, 0, 2, 0], end - 10);
  file.set([codes & 255, codes >> 8], end - 3);
  return file;
}

Deno.test("a PNG that was sent as text is refused", async () => {
  const file = pngFile([
    ["IHDR", Uint8Array.of(0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0)],
    ["IDAT", deflateSync(new Uint8Array(2))],
    ["IEND", new Uint8Array()],
  ]);
  await decodeImage(file, "a.png");
  file[4] = 0x0a;
  await refused(() => decodeImage(file, "a.png"), "got bytes of a text");
});

Deno.test("a PNG with a part of a colour in its palette is refused", async () => {
  const file = pngFile([
    ["IHDR", Uint8Array.of(0, 0, 0, 1, 0, 0, 0, 1, 8, 3, 0, 0, 0)],
    ["PLTE", new Uint8Array(5)],
    ["IDAT", deflateSync(Uint8Array.of(0, 1))],
    ["IEND", new Uint8Array()],
  ]);
  await refused(() => decodeImage(file, "a.png"), "got a palette of 5 bytes");
});

Deno.test("a file of PyTorch before 1.6 with another number is refused", async () => {
  const file = legacy(text("}"));
  await decodeWeights(file);
  file[9] = 0;
  const part = "expected PyTorch's magic number";
  await refused(() => decodeWeights(file), part);
});

Deno.test("a GIF with codes for fewer pixels than it has is refused", async () => {
  // Codes of three bits: clear, a pixel, the end.
  const file = gifOf(4 | 0 << 3 | 5 << 6);
  const part = "got 1 pixels of 4. Help: ";
  await refused(() => decodeImage(file, "a.gif"), part);
});

Deno.test("a GIF with a code of nothing is refused", async () => {
  // Codes of three bits: clear, a pixel, and one that no code has made yet.
  const file = gifOf(4 | 0 << 3 | 7 << 6);
  await refused(() => decodeImage(file, "a.gif"), "got a code 7 of nothing");
});

Deno.test("a BMP with a colour that its palette lacks is refused", async () => {
  const data = Float64Array.from({ length: 3 }, () => 0);
  const file = asBmp({ width: 1, height: 1, channels: 3, data }, { bits: 8 });
  new DataView(file.buffer).setUint32(46, 255, true);
  await refused(() => decodeImage(file, "a.bmp"), "got no colour 255. Help: ");
});

Deno.test("a PGM of bytes above its white is refused, as one of text is", async () => {
  for (const file of ["P2 2 1 100\n100 101", "P5 2 1 100\n\x64\x65"]) {
    const part = "not 2 numbers from 0 to 100. Help: ";
    await refused(() => decodeImage(text(file), "a.pgm"), part);
  }
});

Deno.test("a comment of a PGM ends with its line, whatever ends that", async () => {
  const file = (end: string) => text(`P2 # a${end}b\n2 1 9\n0 9`);
  await decodeImage(file(" "), "a.pgm");
  for (const end of ["\r", "\n"]) {
    const part = "got no width, height and white value";
    await refused(() => decodeImage(file(end), "a.pgm"), part);
  }
});

Deno.test("an array of NumPy of a version that is none is refused", async () => {
  const array = concat([npy(1), Uint8Array.of(7)]);
  array[7] = 2;
  const file = await writeZip([["a.npy", array]]);
  await refused(() => decodeWeights(file), "expected an array of NumPy");
});

/** A pickle of two tensors that view one storage under these types. */
function pickleOf(types: readonly string[]): Uint8Array {
  const pickle = new PickleWriter();
  pickle.call("collections", "OrderedDict", () => {});
  pickle.items(() => {
    for (const [at, type] of types.entries()) {
      pickle.text(`tensor${at}`);
      pickleTensor(pickle, {
        storage: type,
        count: 1,
        shape: [1],
        strides: [1],
      });
    }
  });
  return pickle.end();
}

Deno.test("a storage of PyTorch under two types is refused", async () => {
  const file = (types: readonly string[]) =>
    writeZip([
      ["archive/data.pkl", pickleOf(types)],
      ["archive/data/0", new Uint8Array(4)],
      ["archive/version", text("3\n")],
    ]);
  await decodeWeights(await file(["FloatStorage", "FloatStorage"]));
  const two = await file(["FloatStorage", "IntStorage"]);
  await refused(() => decodeWeights(two), "expected the id of a storage");
});

Deno.test("an archive of PyTorch of an unknown version is refused", async () => {
  const right = await encodePyTorch([]);
  const { members } = await openZip(bytesSource(right, "right"));
  for (const version of ["", "k\n", "125\n", "11\n"]) {
    const parts: [string, Uint8Array][] = [];
    for (const [name, member] of members) {
      const isVersion = name.endsWith("/version");
      parts.push([name, isVersion ? text(version) : await member.read()]);
    }
    const file = await writeZip(parts);
    await refused(
      () => decodeWeights(file),
      "version: expected a version up to 10",
    );
  }
});

testWith("read", "write")(
  "a label that has more than 32 bits is refused",
  async () => {
    await using folder = await temporaryFolder();
    const path = `${folder.path}/train.csv`;
    for (const label of ["3000000000", "-2147483649"]) {
      await Deno.writeTextFile(path, `${label},1,2,3,4\n`);
      const read = async () => await readCsv(path, await csvLayout(path));
      await refused(read, "expected a whole number of 32 bits");
    }
  },
);
