import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { type IdxArray, writeIdx } from "../../src/formats/idx.ts";
import { Mnist } from "../../src/data/mnist.ts";
import { DataError, FormatError, ShapeError } from "../../src/base/errors.ts";
import { temporaryFolder } from "../temporary_folder.ts";
import { gzip, IMAGES, LABELS, OFFLINE, SMALL, store } from "./_fixtures.ts";
import { testWith } from "../permissions.ts";

const permittedTest = testWith("read", "write");

permittedTest(
  "Mnist.open reads files of the same format from the folder",
  async () => {
    await using folder = await temporaryFolder();
    await store(folder.path, SMALL);
    const mnist = await Mnist.open(folder.path, OFFLINE);
    assertEquals(mnist.length, 3);
    assertEquals(mnist.imageShape, [1, 2, 4]);
    assertEquals(mnist.images, SMALL[IMAGES].data as Uint8Array);
    assertEquals(mnist.labels, new Uint8Array([7, 2, 1]));
    assertEquals(mnist.source, folder.path);
    assertEquals(mnist.inputs, {
      data: mnist.images,
      rowShape: [1, 2, 4],
      divisor: 255,
    });
    assertEquals(mnist.targets, { data: mnist.labels, classes: 10 });
  },
);

permittedTest(
  "Mnist.open reads torchvision's folder, packed files too",
  async () => {
    await using folder = await temporaryFolder();
    const raw = join(folder.path, "MNIST", "raw");
    await Deno.mkdir(raw, { recursive: true });
    const packed = await gzip(writeIdx(SMALL[IMAGES]));
    await Deno.writeFile(join(raw, `${IMAGES}.gz`), packed);
    await store(raw, { [LABELS]: SMALL[LABELS] });
    const mnist = await Mnist.open(folder.path, OFFLINE);
    assertEquals(mnist.images, SMALL[IMAGES].data as Uint8Array);
    assertEquals(mnist.source, raw);
  },
);

permittedTest("Mnist.open never mixes files of two folders", async () => {
  await using folder = await temporaryFolder();
  const raw = join(folder.path, "MNIST", "raw");
  await Deno.mkdir(raw, { recursive: true });
  await store(folder.path, { [IMAGES]: SMALL[IMAGES] });
  await store(raw, { [LABELS]: SMALL[LABELS] });
  await assertRejects(
    () => Mnist.open(folder.path, OFFLINE),
    DataError,
    `${
      join(folder.path, IMAGES)
    } is not MNIST's, but its data set is not whole: expected ${IMAGES} and ${LABELS} beside it. Help: `,
  );
});

permittedTest("Mnist.open takes the first images up to the limit", async () => {
  await using folder = await temporaryFolder();
  await store(folder.path, SMALL);
  const two = await Mnist.open(folder.path, { ...OFFLINE, limit: 2 });
  assertEquals(two.length, 2);
  assertEquals(two.images, (SMALL[IMAGES].data as Uint8Array).subarray(0, 16));
  assertEquals(two.labels, new Uint8Array([7, 2]));
  const all = await Mnist.open(folder.path, { ...OFFLINE, limit: 4 });
  assertEquals(all.length, 3);
});

Deno.test("Mnist.open refuses options out of range", async () => {
  const open = (options: object) => () =>
    Mnist.open("data", { ...OFFLINE, ...options });
  for (const limit of [0, -1, 1.5, NaN]) {
    await assertRejects(
      open({ limit }),
      RangeError,
      `Mnist.open: limit: expected an integer of at least 1, got ${limit}.`,
    );
  }
  await assertRejects(
    open({ classes: 0 }),
    RangeError,
    "Mnist.open: classes: expected an integer of at least 1, got 0.",
  );
  for (const split of ["validation", "toString"]) {
    await assertRejects(
      open({ split }),
      RangeError,
      `Mnist.open: split: expected "train" or "test", got "${split}". Help: `,
    );
  }
});

permittedTest("Mnist.open takes as many classes as it is told", async () => {
  await using folder = await temporaryFolder();
  const data = new Uint8Array([26, 0, 9]);
  const labels: IdxArray = { dtype: "u8", shape: [3], data };
  await store(folder.path, { ...SMALL, [LABELS]: labels });
  const letters = await Mnist.open(folder.path, { ...OFFLINE, classes: 27 });
  assertEquals(letters.targets.classes, 27);
  await assertRejects(
    () => Mnist.open(folder.path, OFFLINE),
    RangeError,
    `${
      join(folder.path, LABELS)
    }: label of row 0: expected an integer from 0 to 9, got 26. Help: `,
  );
});

permittedTest(
  "Mnist.open refuses files that are not what MNIST's are",
  async () => {
    await using folder = await temporaryFolder();
    const bad: [name: string, array: IdxArray, expected: string][] = [
      [
        IMAGES,
        { dtype: "i16", shape: [3, 2, 4], data: new Int16Array(24) },
        "expected u8 [images, height, width], none of them 0, got i16 [3, 2, 4]",
      ],
      [
        IMAGES,
        { dtype: "u8", shape: [3, 8], data: new Uint8Array(24) },
        "got u8 [3, 8]",
      ],
      [
        IMAGES,
        { dtype: "u8", shape: [0, 2, 4], data: new Uint8Array() },
        "got u8 [0, 2, 4]",
      ],
      [
        LABELS,
        { dtype: "u8", shape: [3, 1], data: new Uint8Array(3) },
        "expected u8 [labels], none of them 0, got u8 [3, 1]",
      ],
    ];
    for (const [name, array, expected] of bad) {
      await store(folder.path, { ...SMALL, [name]: array });
      const error = await assertRejects(
        () => Mnist.open(folder.path, OFFLINE),
        FormatError,
        expected,
      );
      assertStringIncludes(error.message, join(folder.path, name));
    }
  },
);

permittedTest("Mnist.open refuses more labels than images", async () => {
  await using folder = await temporaryFolder();
  const data = new Uint8Array(4);
  const labels: IdxArray = { dtype: "u8", shape: [4], data };
  await store(folder.path, { ...SMALL, [LABELS]: labels });
  await assertRejects(
    () => Mnist.open(folder.path, OFFLINE),
    ShapeError,
    "do not belong together: expected as many labels as images, got 3 images and 4 labels. Help: ",
  );
});

permittedTest("Mnist.open names a damaged file", async () => {
  await using folder = await temporaryFolder();
  await store(folder.path, SMALL);
  const path = join(folder.path, IMAGES);
  await Deno.truncate(path, 20);
  await assertRejects(
    () => Mnist.open(folder.path, OFFLINE),
    FormatError,
    `${path}: elements: expected 24 bytes for u8 [3, 2, 4], got 4 bytes.`,
  );
});

permittedTest("Mnist.open refuses a file for a folder", async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "data");
  await Deno.writeFile(path, new Uint8Array());
  await assertRejects(
    () => Mnist.open(path, OFFLINE),
    DataError,
    `${path}: expected a folder, got a file. Help: `,
  );
});
