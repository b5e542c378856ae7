/** Data sets as other tools leave them in a folder: read, or refused. */
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { dirname, join } from "@std/path";
import { DataError, FormatError } from "../../src/base/errors.ts";
import { ImageDataset } from "../../src/data/image_dataset.ts";
import { Mnist } from "../../src/data/mnist.ts";
import { openDataset } from "../../src/datasets/mod.ts";
import { writeIdx } from "../../src/formats/idx.ts";
import { writeNpz } from "../../src/formats/npz.ts";
import { listing, temporaryFolder } from "../temporary_folder.ts";
import { gzip } from "./_fixtures.ts";
import { testWith } from "../permissions.ts";

const permittedTest = testWith("read", "write");

/** So many images of 4 × 4 pixels, each with a row of its own brightness. */
function pixels(count: number, first = 0): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(
    { length: count * 16 },
    (_, at) => (first + (at >> 4)) * 10 + (at & 15),
  );
}

function labels(count: number, first = 0): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: count }, (_, row) => (row + first) % 10);
}

const idx = {
  images: (count: number) =>
    writeIdx({ dtype: "u8", shape: [count, 4, 4], data: pixels(count) }),
  labels: (count: number) =>
    writeIdx({ dtype: "u8", shape: [count], data: labels(count) }),
};

async function write(path: string, bytes: Uint8Array | string): Promise<void> {
  await Deno.mkdir(dirname(path), { recursive: true });
  await Deno.writeFile(
    path,
    typeof bytes === "string" ? new TextEncoder().encode(bytes) : bytes,
  );
}

/** The four files, of three and of two images. */
async function writeFour(
  folder: string,
  nameOf: (part: string, kind: string, rank: number) => string,
): Promise<void> {
  for (const [part, count] of [["train", 3], ["t10k", 2]] as const) {
    const bytes = { images: idx.images(count), labels: idx.labels(count) };
    for (const kind of ["images", "labels"] as const) {
      const name = nameOf(part, kind, kind === "images" ? 3 : 1);
      const data = name.endsWith(".gz") ? await gzip(bytes[kind]) : bytes[kind];
      await write(join(folder, name), data);
    }
  }
}

const namings: Record<
  string,
  (part: string, kind: string, rank: number) => string
> = {
  "a point, as archivers write it": (part, kind, rank) =>
    `${part}-${kind}.idx${rank}-ubyte`,
  "packed, with a point": (part, kind, rank) =>
    `${part}-${kind}.idx${rank}-ubyte.gz`,
  "another name before it": (part, kind, rank) =>
    `letters-${part.replace("t10k", "test")}-${kind}-idx${rank}-ubyte.gz`,
  "underscores and .idx": (part, kind) => `${part}_${kind}.idx`,
  "each in a folder of its name": (part, kind, rank) =>
    `${part}-${kind}-idx${rank}-ubyte/${part}-${kind}-idx${rank}-ubyte`,
  "torchvision's FashionMNIST": (part, kind, rank) =>
    `FashionMNIST/raw/${part}-${kind}-idx${rank}-ubyte`,
  "torchvision's data/FashionMNIST": (part, kind, rank) =>
    `data/FashionMNIST/raw/${part}-${kind}-idx${rank}-ubyte`,
  "torchvision's raw": (part, kind, rank) =>
    `raw/${part}-${kind}-idx${rank}-ubyte`,
};

const emnist = (part: string, kind: string, rank: number) =>
  `emnist-letters-${part.replace("t10k", "test")}-${kind}-idx${rank}-ubyte.gz`;

for (const [naming, nameOf] of Object.entries(namings)) {
  permittedTest(
    `IDX files are read by their usual names: ${naming}`,
    async () => {
      await using folder = await temporaryFolder();
      await writeFour(folder.path, nameOf);
      const train = await Mnist.open(folder.path, { split: "train" });
      assertEquals(train.images, pixels(3));
      assertEquals(train.labels, labels(3));
      assertEquals(train.imageShape, [1, 4, 4]);
      const test = await Mnist.open(folder.path, { split: "test" });
      assertEquals(test.images, pixels(2));
    },
  );
}

permittedTest("QMNIST's labels are the first of eight columns", async () => {
  await using folder = await temporaryFolder();
  await write(
    join(folder.path, "qmnist-train-images-idx3-ubyte"),
    idx.images(2),
  );
  const data = new Int32Array([7, 1, 1, 1, 1, 1, 1, 1, 3, 2, 2, 2, 2, 2, 2, 2]);
  await write(
    join(folder.path, "qmnist-train-labels-idx2-int"),
    writeIdx({ dtype: "i32", shape: [2, 8], data }),
  );
  const train = await Mnist.open(folder.path);
  assertEquals([...train.labels], [7, 3]);
});

/** Images with rows and columns exchanged. */
function exchanged(images: Uint8Array): Uint8Array {
  return images.map((_, at) => {
    const [row, y, x] = [at >> 4, (at >> 2) & 3, at & 3];
    return images[row * 16 + x * 4 + y];
  });
}

permittedTest("transpose exchanges rows and columns", async () => {
  await using folder = await temporaryFolder();
  await writeFour(folder.path, namings["underscores and .idx"]);
  const options = { split: "train", transpose: true } as const;
  const train = await Mnist.open(folder.path, options);
  assertEquals(train.images, exchanged(pixels(3)));
});

permittedTest("EMNIST's files are known by their names", async () => {
  const names: Record<string, readonly [classes: string, first: number]> = {
    letters: ["abcdefghijklmnopqrstuvwxyz", 1],
    digits: ["0123456789", 0],
    mnist: ["0123456789", 0],
    balanced: ["0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabdefghnqrt", 0],
    bymerge: ["0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabdefghnqrt", 0],
    byclass: [
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
      0,
    ],
  };
  for (const [name, [classes, first]] of Object.entries(names)) {
    await using folder = await temporaryFolder();
    const place = join(folder.path, "EMNIST", "raw");
    const nameOf = (...args: Parameters<typeof emnist>) =>
      emnist(...args).replace("letters", name);
    await writeFour(place, nameOf);
    await write(
      join(place, nameOf("train", "labels", 1)),
      await gzip(writeIdx({
        dtype: "u8",
        shape: [3],
        data: labels(3, first),
      })),
    );
    const options = { split: "train" } as const;
    const train = await Mnist.open(folder.path, options);
    assertEquals(train.images, exchanged(pixels(3)), name);
    assertEquals(train.targets.classNames?.join(""), classes, name);
    assertEquals([...train.labels], [0, 1, 2], name);
    assertMatch(train.source, /rows and columns exchanged$/);
    const asIs = { ...options, transpose: false, firstLabel: 0, classes: 99 };
    const plain = await Mnist.open(folder.path, asIs);
    assertEquals(plain.images, pixels(3), name);
    assertEquals([...plain.labels], [...labels(3, first)], name);
    // Names for the classes that have any, if they are of these labels.
    const more = await Mnist.open(folder.path, { ...options, classes: 99 });
    const all = more.targets.classNames!;
    assertEquals(all.slice(0, classes.length).join(""), classes);
    assertEquals(all.slice(classes.length, -1).every(Number), true);
    assertEquals(plain.targets.classNames?.[1], first === 0 ? "1" : undefined);
  }
});

permittedTest(
  "tables of EMNIST's letters are known by their names",
  async () => {
    await using folder = await temporaryFolder();
    const text = table(20, { header: false }).replaceAll(/^0,/gm, "26,");
    await write(join(folder.path, "emnist-letters-train.csv"), text);
    const train = await Mnist.open(folder.path);
    assertEquals(train.targets.classes, 26);
    const [first] = train.images;
    const down = [4, 8, 12].map((step) => first + step);
    assertEquals([...train.images.subarray(1, 4)], down);
  },
);

permittedTest("classes have names in torchvision's folders", async () => {
  const names = { FashionMNIST: "Sneaker", KMNIST: "ya" };
  for (const [name, seventh] of Object.entries(names)) {
    await using folder = await temporaryFolder();
    await writeFour(
      folder.path,
      (part, kind, rank) => `${name}/raw/${part}-${kind}-idx${rank}-ubyte`,
    );
    const train = await Mnist.open(folder.path);
    assertEquals(train.targets.classNames?.[7], seventh);
    assertEquals(train.images, pixels(3));
  }
});

permittedTest(
  "MNIST is never fetched into a folder of the user's",
  async () => {
    await using folder = await temporaryFolder();
    const cases: Record<string, () => Promise<void>> = {
      missing: () => Promise.resolve(),
      empty: () => Deno.mkdir(join(folder.path, "empty")),
      other: () => write(join(folder.path, "other", "mnist.mat"), "MATLAB"),
      weights: () =>
        writeNpz(join(folder.path, "weights.npz"), [[
          "fc.bias",
          { dtype: "F32", shape: [1], data: new Float32Array(1) },
        ]]),
    };
    for (const [name, make] of Object.entries(cases)) {
      await make();
      const path = name === "weights" ? folder.path : join(folder.path, name);
      const error = await assertRejects(() => Mnist.open(path), DataError);
      assertMatch(
        error.message,
        /expected a folder with a data set: the four IDX files.*mnist\.npz.*train\.csv/,
      );
      const got = {
        missing: /got no such folder\. /,
        empty: /got an empty folder\. /,
        other: /got mnist\.mat\. /,
        weights: /got empty\/, other\/, weights\.npz\. /,
      }[name]!;
      assertMatch(error.message, got);
      assertMatch(
        error.message,
        /Help: .*or fetch MNIST .*`download: true`\.$/,
      );
    }
    assertEquals(await listing(join(folder.path, "empty")), []);
  },
);

permittedTest("download: false fetches nothing", async () => {
  await using folder = await temporaryFolder();
  const options = { split: "test", download: false } as const;
  await assertRejects(
    () => Mnist.open(join(folder.path, "none"), options),
    DataError,
    "got no such folder",
  );
});

permittedTest("several data sets in one folder are named", async () => {
  await using folder = await temporaryFolder();
  for (const name of ["FashionMNIST", "KMNIST"]) {
    await writeFour(
      folder.path,
      (part, kind, rank) => `${name}/raw/${part}-${kind}-idx${rank}-ubyte`,
    );
  }
  await assertRejects(
    () => Mnist.open(folder.path),
    DataError,
    `got ${join(folder.path, "FashionMNIST", "raw")} and ${
      join(folder.path, "KMNIST", "raw")
    }. `,
  );
  await writeFour(folder.path, emnist);
  await writeFour(
    folder.path,
    (...args) => emnist(...args).replace("letters", "digits"),
  );
  await assertRejects(
    () => Mnist.open(folder.path),
    DataError,
    "expected the files of one data set, got emnist-digits and " +
      "emnist-letters. Help: Name one: --dataset emnist-letters --data ",
  );
});

/** A table as Kaggle has it. */
function table(count: number, options: {
  header?: boolean;
  label?: boolean;
  end?: string;
}): string {
  const { end = "\n", header = true, label = true } = options;
  const [all, digits] = [pixels(count), labels(count)];
  const lines = Array.from({ length: count }, (_, row) =>
    [
      ...(label ? [digits[row]] : []),
      ...all.subarray(row * 16, row * 16 + 16),
    ].join(","));
  const names = Array.from({ length: 16 }, (_, at) => `pixel${at}`);
  if (header) lines.unshift([...(label ? ["label"] : []), ...names].join(","));
  return lines.join(end) + end;
}

permittedTest(
  "tables are read with labels, with and without names",
  async () => {
    const whole: Record<string, string | Promise<Uint8Array>> = {
      "train.csv": table(20, {}),
      "mnist_train.csv": table(20, { header: false, end: "\r\n" }),
      "fashion-mnist_train.csv": "\ufeff" +
        table(20, {}).replace("label", '"label"'),
      "train.csv.gz": gzip(new TextEncoder().encode(table(20, {}))),
    };
    for (const [name, text] of Object.entries(whole)) {
      await using folder = await temporaryFolder();
      await write(join(folder.path, name), await text);
      const test = name.replace("train", "test");
      if (name === "mnist_train.csv") {
        await write(join(folder.path, test), table(5, { header: false }));
      }
      const train = await Mnist.open(folder.path);
      const measured = await Mnist.open(folder.path, { split: "test" });
      assertEquals(train.imageShape, [1, 4, 4]);
      if (name === "mnist_train.csv") {
        assertEquals(train.images, pixels(20));
        assertEquals(train.labels, labels(20));
        assertEquals(measured.images, pixels(5));
        continue;
      }
      // A tenth is held out, and nothing is in both parts.
      assertEquals([train.length, measured.length], [18, 2]);
      const rows = [train, measured].flatMap(({ images, labels }) =>
        Array.from(labels, (label, row) => [images[row * 16] / 10, label])
      ).sort(([a], [b]) => a - b);
      const expected = Array.from({ length: 20 }, (_, row) => [row, row % 10]);
      assertEquals(rows, expected);
      const alone = await Mnist.open(join(folder.path, name));
      assertEquals(alone.images, train.images);
    }
  },
);

permittedTest(
  "Kaggle's test.csv without labels does not serve as test data",
  async () => {
    await using folder = await temporaryFolder();
    await write(join(folder.path, "train.csv"), table(20, {}));
    await write(join(folder.path, "test.csv"), table(7, { label: false }));
    await write(
      join(folder.path, "sample_submission.csv"),
      "ImageId,Label\n1,0\n",
    );
    const test = await Mnist.open(folder.path, { split: "test" });
    assertEquals(test.length, 2);
    assertEquals((await Mnist.open(folder.path)).length, 18);
    // Nor where it is all there is: no label is guessed.
    const alone = join(folder.path, "test.csv");
    await assertRejects(
      () => Mnist.open(alone, { split: "test" }),
      DataError,
      "expected images with labels, got images alone. Help: ",
    );
    const images = { split: "test", unlabelled: true } as const;
    assertEquals((await openDataset(alone, images)).isLabelled, false);
  },
);

permittedTest("of a few images one is held out, of one none", async () => {
  for (const [count, held] of [[1, 0], [2, 1], [10, 1], [11, 2]]) {
    await using folder = await temporaryFolder();
    await write(join(folder.path, "train.csv"), table(count, {}));
    const train = await Mnist.open(folder.path);
    assertEquals(train.length, count - held);
    if (held === 0) continue;
    const test = await Mnist.open(folder.path, { split: "test" });
    assertEquals(test.length, held);
  }
});

permittedTest("a damaged table is refused by line and column", async () => {
  const good = table(3, {});
  const cases: [text: string, message: RegExp][] = [
    ["", /expected a table of pixels.*got an empty file/],
    ["label,pixel0\n1,2\n", /got 2 columns/],
    [good.split("\n")[0] + "\n", /got no line of numbers/],
    [
      good.replace("\n1,10,", "\n1,10,10,"),
      /line 3: expected 17 columns.*got 18/,
    ],
    [
      good.replace("\n1,10,", "\n1,256,"),
      /line 3, column 2: expected a whole number from 0 to 255, got 256/,
    ],
    [good.replace("\n1,10,", "\n1,,"), /line 3, column 2: .*got nothing/],
    [good.replace("\n1,10,", "\n1,0.5,"), /line 3, column 2: .*got 0\.5/],
    [
      good.replace("\n1,10,", "\none,10,"),
      /line 3: label: expected a whole number of 32 bits, got one/,
    ],
    [table(3, { label: false }), /expected a column of labels/],
    // Without names, after empty lines, and on a last line without an end.
    [
      table(3, { header: false }).replace(/^0,/, "0.5,"),
      /line 1: label: expected a whole number of 32 bits, got 0\.5/,
    ],
    [good.replace("\n1,10,", "\n\n\r\n1,256,"), /line 5, column 2: .*got 256/],
    [good.trimEnd() + ",7", /line 4: expected 17 columns.*got 18/],
  ];
  for (const [text, message] of cases) {
    await using folder = await temporaryFolder();
    await write(join(folder.path, "train.csv"), text);
    const error = await assertRejects(
      () => Mnist.open(folder.path),
      FormatError,
    );
    assertMatch(error.message, message);
  }
});

permittedTest("Keras's archive is read, channels last too", async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "mnist.npz");
  const u8 = (shape: number[], data: Uint8Array<ArrayBuffer>) =>
    ({ dtype: "U8", shape, data }) as const;
  await writeNpz(path, [
    ["x_train", u8([3, 4, 4], pixels(3))],
    ["y_train", u8([3], labels(3))],
    ["x_test", u8([2, 4, 4], pixels(2))],
    ["y_test", u8([2], labels(2))],
  ]);
  for (const place of [folder.path, path]) {
    const train = await Mnist.open(place);
    assertEquals([train.images, train.labels], [pixels(3), labels(3)]);
    const test = await Mnist.open(place, { split: "test" });
    assertEquals([test.images, test.source], [pixels(2), path]);
  }
  const colours = Uint8Array.from({ length: 24 }, (_, at) => at);
  await writeNpz(path, [
    ["x_train", u8([2, 2, 2, 3], colours)],
    ["y_train", {
      dtype: "I64",
      shape: [2, 1],
      data: new BigInt64Array([4n, 2n]),
    }],
  ]);
  const train = await Mnist.open(folder.path, { split: "train", limit: 1 });
  assertEquals(train.imageShape, [3, 2, 2]);
  const row = train.images[0];
  assertEquals(
    [...train.images],
    [0, 3, 6, 9, 1, 4, 7, 10, 2, 5, 8, 11].map((at) => at + row),
  );
  const writePixels = (...values: number[]) =>
    writeNpz(path, [
      ["x_train", {
        dtype: "F32",
        shape: [1, 2, 2],
        data: Float32Array.from(values),
      }],
      ["y_train", u8([1], labels(1))],
    ]);
  await writePixels(0, 1, 254, 255);
  const whole = await Mnist.open(folder.path);
  assertEquals(whole.images, Uint8Array.of(0, 1, 254, 255));
  for (const value of [0.5, -1, 256]) {
    await writePixels(0, 1, value, 3);
    await assertRejects(
      () => Mnist.open(folder.path),
      FormatError,
      "mnist.npz: x_train: expected pixels that are whole numbers from 0 to " +
        `255, got F32 ${value}. `,
    );
  }
});

permittedTest("CIFAR-10's binary files have colours and names", async () => {
  await using folder = await temporaryFolder();
  const record = (label: number) => {
    const bytes = new Uint8Array(3073);
    bytes[0] = label;
    for (let at = 0; at < 3072; at++) bytes[at + 1] = (at * 7 + label) % 251;
    return bytes;
  };
  const within = join(folder.path, "cifar-10-batches-bin");
  await write(join(within, "data_batch_1.bin"), record(3));
  await write(
    join(within, "data_batch_2.bin"),
    Uint8Array.of(...record(9), ...record(0)),
  );
  await write(join(within, "test_batch.bin"), record(1));
  const names = "a b c d e f g h i j".split(" ");
  await write(join(within, "batches.meta.txt"), names.join("\n") + "\n\n");
  const train = await Mnist.open(folder.path);
  assertEquals([...train.labels], [3, 9, 0]);
  assertEquals(train.imageShape, [3, 32, 32]);
  assertEquals(train.images.subarray(3072, 6144), record(9).subarray(1));
  assertEquals(train.images.subarray(6144), record(0).subarray(1));
  assertEquals(train.targets.classNames, names);
  await Deno.truncate(join(within, "test_batch.bin"), 3000);
  await assertRejects(
    () => Mnist.open(folder.path, { split: "test" }),
    FormatError,
    "expected 3073 bytes for each image of CIFAR-10, got 3000 bytes",
  );
});

permittedTest("labels from another number on have names", async () => {
  await using folder = await temporaryFolder();
  const { "torchvision's raw": nameOf } = namings;
  await writeFour(folder.path, nameOf);
  await write(
    join(folder.path, nameOf("train", "labels", 1)),
    writeIdx({ dtype: "u8", shape: [3], data: new Uint8Array([1, 26, 2]) }),
  );
  const options = { split: "train", classes: 26, firstLabel: 1 } as const;
  const train = await Mnist.open(folder.path, options);
  assertEquals([...train.labels], [0, 25, 1]);
  assertEquals(train.targets.classNames?.at(-1), "26");
});

permittedTest("a small file that unpacks to much more is refused", async () => {
  await using folder = await temporaryFolder();
  await writeFour(folder.path, emnist);
  const data = new Uint8Array(100 * 2 ** 20);
  const shape = [100, 1024, 1024];
  const bomb = await gzip(writeIdx({ dtype: "u8", shape, data }));
  await write(join(folder.path, emnist("train", "images", 3)), bomb);
  await assertRejects(
    () => Mnist.open(folder.path),
    FormatError,
    `bytes in ${bomb.length} packed ones, got more. Help: `,
  );
});

Deno.test("mean and deviation are those of the pixels of each channel", () => {
  const images = new Uint8Array([0, 255, 51, 51, 255, 255, 102, 0]);
  const rows = {
    images,
    shape: [2, 1, 2] as const,
    labels: new Uint8Array(2),
    labelsName: "made",
  };
  const made = new ImageDataset({ rows, source: "made", split: "train" });
  const { mean, std } = made.statistics();
  const close = (a: number, b: number) => assert(Math.abs(a - b) < 1e-12);
  close(mean[0], 0.75);
  close(mean[1], 0.2);
  close(std[0], Math.sqrt(3) / 4);
  close(std[1], Math.sqrt(0.02));
});
