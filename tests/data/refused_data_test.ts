/** Data sets in folders that are refused, or read where little is usual. */
import {
  assertEquals,
  assertMatch,
  assertRejects,
  assertThrows,
} from "@std/assert";
import { join } from "@std/path";
import { DataError, FormatError } from "../../src/base/errors.ts";
import { csvLayout, readCsv } from "../../src/data/folder/csv.ts";
import { ImageDataset } from "../../src/data/image_dataset.ts";
import { Mnist } from "../../src/data/mnist.ts";
import type { HostTensor } from "../../src/formats/mod.ts";
import { writeIdx } from "../../src/formats/idx.ts";
import { writeNpz } from "../../src/formats/npz.ts";
import { writeSafetensors } from "../../src/formats/safetensors.ts";
import { temporaryFolder } from "../temporary_folder.ts";
import { needs } from "../permissions.ts";

needs(import.meta.url, "read", "write");

const u8 = (shape: number[]): HostTensor => ({
  dtype: "U8",
  shape,
  data: new Uint8Array(shape.reduce((product, size) => product * size, 1)),
});

Deno.test("an archive is refused by what is wrong with its arrays", async () => {
  const labels = (...values: number[]): HostTensor => ({
    dtype: "F32",
    shape: [values.length],
    data: Float32Array.from(values),
  });
  const cases: [images: HostTensor, labels: HostTensor, message: string][] = [
    [
      u8([3]),
      u8([3]),
      "x: expected [images, height, width] of 1 or 3 " +
      "channels, got U8 [3]. Help: Give arrays as keras",
    ],
    [u8([1, 2, 5, 5]), u8([1]), "got U8 [1, 2, 5, 5]"],
    [u8([1, 2, 2, 1, 1]), u8([1]), "got U8 [1, 2, 2, 1, 1]"],
    [u8([0, 2, 2]), u8([0]), "got U8 [0, 2, 2]"],
    [u8([2, 2, 2]), u8([2, 3]), "y: expected [labels], got U8 [2, 3]"],
    [u8([2, 2, 2]), u8([]), "y: expected [labels], got U8 []"],
    [u8([2, 2, 2]), u8([3]), "got 2 images and 3 labels. Help: "],
    [
      u8([2, 2, 2]),
      labels(1, 0.5),
      "y: label of row 1: expected a whole " +
      "number of 32 bits, got 0.5. Help: Give a label for each image.",
    ],
  ];
  for (const [images, labels, message] of cases) {
    await using folder = await temporaryFolder();
    await writeNpz(join(folder.path, "a.npz"), [["x", images], ["y", labels]]);
    await assertRejects(() => Mnist.open(folder.path), Error, message);
  }
});

Deno.test("of archives only one may have images", async () => {
  await using folder = await temporaryFolder();
  const [first, second] = ["a.npz", "b.npz"].map((name) =>
    join(folder.path, name)
  );
  const data = Uint8Array.of(1, 2, 3, 4);
  const images = { dtype: "U8", shape: [1, 2, 2], data } as const;
  await writeNpz(first, [["x", images], ["y", u8([1])]]);
  // Other arrays, and another format under this name, are no data set.
  await writeNpz(second, [["x", u8([1, 2, 2])], ["z", u8([1])]]);
  await writeSafetensors(join(folder.path, "c.npz"), [["x", u8([1])]]);
  const options = { split: "train", limit: 1 } as const;
  assertEquals((await Mnist.open(folder.path, options)).images, images.data);
  await writeNpz(second, [["data", u8([1, 2, 2])], ["labels", u8([1])]]);
  const error = await assertRejects(() => Mnist.open(folder.path), DataError);
  assertMatch(
    error.message,
    /expected one \.npz file of images, got .*\.npz and .*\.npz\. Help: Give one/,
  );
});

Deno.test("a big table is read whole, a line without an end is not", async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "train.csv");
  const count = 260; // Of 4096 pixels: more than a MiB, and lines of 8 KB.
  const lines = Array.from(
    { length: count },
    (_, row) => `${row % 10}${`,${row % 256}`.repeat(4096)}\r\n`,
  );
  // Excel writes a mark before the first line.
  await Deno.writeTextFile(path, `\ufeff${lines.join("")}`);
  const { images, labels, shape } = await readCsv(path, await csvLayout(path));
  assertEquals(shape, [1, 64, 64]);
  assertEquals([...labels!], lines.map((_, row) => row % 10));
  assertEquals(images.length, count * 4096);
  assertEquals(images.findIndex((pixel, at) => pixel !== (at >> 12) % 256), -1);
  await Deno.writeTextFile(path, `0,${"1".repeat(2 ** 22 + 2 ** 17)}`);
  await assertRejects(
    () => Mnist.open(folder.path),
    FormatError,
    "train.csv: expected lines of at most 4 MB, got a longer one. Help: ",
  );
});

Deno.test("a table that cannot be unpacked or chosen is refused", async () => {
  await using folder = await temporaryFolder();
  await Deno.writeTextFile(join(folder.path, "train.csv.gz"), "label,pixel0\n");
  const damaged = await assertRejects(
    () => Mnist.open(folder.path),
    DataError,
    "train.csv.gz: got bytes that gzip cannot unpack. Help: Give a whole file " +
      "that is there and that you may read.",
  );
  assertEquals(damaged.cause instanceof TypeError, true);
  await Deno.writeTextFile(join(folder.path, "train.csv"), "label,pixel0\n");
  await assertRejects(
    () => Mnist.open(folder.path),
    DataError,
    "expected one table of each part, got ",
  );
});

Deno.test("IDX files of two sets in a folder are refused by their names", async () => {
  await using folder = await temporaryFolder();
  const images = writeIdx({
    dtype: "u8",
    shape: [1, 2, 2],
    data: new Uint8Array(4),
  });
  const labels = writeIdx({ dtype: "u8", shape: [1], data: new Uint8Array(1) });
  for (const prefix of ["", "other-"]) {
    const path = join(folder.path, `${prefix}train-`);
    await Deno.writeFile(`${path}images-idx3-ubyte`, images);
    await Deno.writeFile(`${path}labels-idx1-ubyte`, labels);
  }
  await assertRejects(
    () => Mnist.open(folder.path, { split: "train" }),
    DataError,
    "expected the files of one data set, got MNIST's and other. Help: Put " +
      "every data set into a folder of its own.",
  );
});

Deno.test("a folder without a data set is told by what it has", async () => {
  await using folder = await temporaryFolder();
  const names = Array.from({ length: 14 }, (_, at) => `${at + 10}.txt`);
  for (const name of names) {
    await Deno.writeTextFile(join(folder.path, name), "");
  }
  const error = await assertRejects(() => Mnist.open(folder.path), DataError);
  assertMatch(error.message, /got (\d\d\.txt(, )?){12} and 2 more\. Help: /);
});

Deno.test("labels are renumbered to the classes of weights by their names", () => {
  const rows = {
    images: Uint8Array.of(1, 2, 3),
    shape: [1, 1, 1] as const,
    labels: Uint8Array.of(5, 6, 5),
    labelsName: "labels",
    classNames: ["cat", "dog"],
    firstLabel: 5,
  };
  const open = (classNames: string[]) =>
    new ImageDataset({ rows, source: "made", split: "train", classNames });
  const made = open(["bird", "dog", "cat"]);
  assertEquals([...made.labels], [2, 1, 2]);
  assertEquals(made.targets.classNames, ["bird", "dog", "cat"]);
  // Other names, as many: nobody knows which is which.
  assertEquals([...open(["Katze", "Hund"]).labels], [0, 1, 0]);
  assertThrows(
    () => open(["cat", "bird", "fish"]),
    DataError,
    "labels: classes: expected those of the weights: cat, bird, fish, got dog.",
  );
  const plain = new ImageDataset({
    rows: { ...rows, classNames: undefined, firstLabel: 0, labels: null },
    source: "made",
    split: "test",
    classNames: ["cat"],
  });
  assertEquals([plain.isLabelled, plain.length], [false, 3]);
});

Deno.test("an image and its class are got by an index that there is", () => {
  const rows = {
    images: Uint8Array.of(1, 2, 3, 4),
    shape: [1, 1, 2] as const,
    labels: Uint8Array.of(5, 6),
    labelsName: "labels",
  };
  const made = new ImageDataset({ rows, source: "made", split: "test" });
  const [pixels, label] = made.get(1);
  assertEquals([pixels, label], [Uint8Array.of(3, 4), 6]);
  assertThrows(() => made.get(2), RangeError, "ImageDataset.get: index");
  assertEquals(String(made).includes("Split: Test"), true);
});
